"""Reads all that is known of one patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from services.risk_scoring.record.exams import scans_of
from services.risk_scoring.record.patient import Measured, PatientRecord, Scan, Seen
from shared.contracts.ct import FINDING_KIND
from shared.contracts.vitals import VitalKind, VitalSource
from shared.database.heart_rates import measured_since
from shared.database.tables import BehaviourEvent, Finding, Patient, Vital
from shared.physiology.heart_rate import fused

# One set of observations: older ones do not tell how the patient is now (NEWS2 asks for a set every 4 to 12 hours at
# low risk, and every hour from a medium one on).
PRESENT: Final = timedelta(hours=4)
# A vital sign this far from the first CT says nothing of the state at admission.
AT_ADMISSION: Final = timedelta(hours=6)
_ADMISSION_KINDS: Final = (
    VitalKind.SYSTOLIC,
    VitalKind.DIASTOLIC,
    VitalKind.GLUCOSE,
    VitalKind.GLASGOW_COMA_SCALE,
    VitalKind.NIHSS,
)
# Heart rates this close to each other are of the same state (shared.physiology.heart_rate fuses them by minutes).
_ONE_RATE: Final = timedelta(minutes=1)
# The longest that one event goes on; events are found by their start.
_LONGEST_EVENT: Final = timedelta(hours=24)
# Several sensors' readings of ten minutes, one a second each.
_MOST: Final = 5000


@dataclass(frozen=True)
class Memory:
    """How far back the bedside risk looks, in s."""

    vitals_s: Mapping[VitalKind, float]
    behaviour_s: float


def gather(session: Session, patient_id: UUID, now: datetime, memory: Memory) -> PatientRecord:
    """All that is known of the patient at ``now``; an archived patient's record is whole."""
    patient = session.get_one(Patient, patient_id)
    findings = select(Finding).where(Finding.patient_id == patient_id, Finding.kind == FINDING_KIND)
    scans = scans_of(session.scalars(findings), patient.onset_at)
    return PatientRecord(
        patient_id=patient_id,
        now=now,
        sex=patient.sex,
        birth_date=patient.birth_date,
        onset_at=patient.onset_at,
        history=patient.history,
        scans=scans,
        admission=_at_admission(session, patient_id, _admitted_at(scans, patient.onset_at)),
        present=_latest(session, patient_id, now),
        recent=_recent(session, patient_id, now, memory),
        seen=_seen(session, patient_id, now, memory),
    )


def _admitted_at(scans: tuple[Scan, ...], onset_at: datetime | None) -> datetime | None:
    return scans[0].exam.at if scans else onset_at


def _at_admission(session: Session, patient_id: UUID, at: datetime | None) -> tuple[Measured, ...]:
    """Of each kind the value closest to ``at``."""
    if at is None:
        return ()
    closest = (_closest(session, patient_id, kind, at) for kind in _ADMISSION_KINDS)
    return tuple(measured for measured in closest if measured is not None)


def _closest(session: Session, patient_id: UUID, kind: VitalKind, at: datetime) -> Measured | None:
    of_kind = (Vital.patient_id == patient_id) & (Vital.kind == kind)
    before = select(Vital).where(of_kind, Vital.measured_at.between(at - AT_ADMISSION, at))
    after = select(Vital).where(of_kind, Vital.measured_at > at, Vital.measured_at <= at + AT_ADMISSION)
    found = (
        session.scalar(before.order_by(Vital.measured_at.desc()).limit(1)),
        session.scalar(after.order_by(Vital.measured_at).limit(1)),
    )
    around = [_measured(row) for row in found if row is not None]
    return min(around, key=lambda measured: abs(measured.at - at), default=None)


def _latest(session: Session, patient_id: UUID, now: datetime) -> tuple[Measured, ...]:
    """Of each kind the latest value that still tells how the patient is; of heart rates what all devices say."""
    present = (Vital.patient_id == patient_id) & Vital.measured_at.between(now - PRESENT, now)
    newest = select(Vital.kind, func.max(Vital.measured_at).label("at")).where(present).group_by(Vital.kind).subquery()
    same = and_(Vital.kind == newest.c.kind, Vital.measured_at == newest.c.at)
    rows = session.scalars(select(Vital).join(newest, same).where(present).order_by(Vital.device))
    latest = {row.kind: _measured(row) for row in rows}
    if VitalKind.HEART_RATE in latest:
        latest[VitalKind.HEART_RATE] = _fused(session, patient_id, latest[VitalKind.HEART_RATE].at)
    return tuple(latest.values())


def _fused(session: Session, patient_id: UUID, at: datetime) -> Measured:
    """The heart rate ``at`` which one was measured: what each device measured last in the minute before, fused.

    The latest of all alone may be a camera's that is hardly believed, a second after a monitor's.
    """
    minute = measured_since(session, patient_id, at - _ONE_RATE)
    last = {(found.source, found.device): found for found in minute if found.at <= at}
    point = fused(at, last.values())
    surest = point.surest
    return Measured(VitalKind.HEART_RATE, point.bpm, surest.quality, surest.source, surest.device, at)


def _recent(session: Session, patient_id: UUID, now: datetime, memory: Memory) -> tuple[Measured, ...]:
    remembered: list[ColumnElement[bool]] = [
        (Vital.kind == kind) & (Vital.measured_at >= now - timedelta(seconds=seconds))
        for kind, seconds in memory.vitals_s.items()
    ]
    longest = timedelta(seconds=max(memory.vitals_s.values()))
    query = select(Vital).where(Vital.patient_id == patient_id, Vital.measured_at >= now - longest, or_(*remembered))
    return tuple(_measured(row) for row in session.scalars(query.order_by(Vital.measured_at.desc()).limit(_MOST)))


def _seen(session: Session, patient_id: UUID, now: datetime, memory: Memory) -> tuple[Seen, ...]:
    since = now - timedelta(seconds=memory.behaviour_s)
    query = (
        select(BehaviourEvent)
        .where(
            BehaviourEvent.patient_id == patient_id,
            BehaviourEvent.started_at >= since - _LONGEST_EVENT,
            BehaviourEvent.ended_at >= since,
        )
        .order_by(BehaviourEvent.started_at.desc())
        .limit(_MOST)
    )
    return tuple(
        Seen(row.kind, row.confidence, row.source, row.started_at, row.ended_at) for row in session.scalars(query)
    )


def _measured(row: Vital) -> Measured:
    return Measured(VitalKind(row.kind), row.value, row.quality, VitalSource(row.source), row.device, row.measured_at)
