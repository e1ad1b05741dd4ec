"""Vital signs: taking them in, each once, and reading them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import FieldsRefusedError
from gateway.jobs.schemas import Job
from gateway.paging import Paging, fetch
from gateway.patients.service import existing, in_care
from gateway.vitals.clocks import clock_skew, corrected, not_yet
from gateway.vitals.schemas import VitalIn, VitalsBatch, VitalsStored
from gateway.vitals.sending import SentVitals
from shared.contracts.states import EventType
from shared.contracts.vitals import VITALS, VitalKind
from shared.database.assessments import request_assessment
from shared.database.heart_rates import note_disagreement
from shared.database.journal import note_audit, note_event
from shared.database.tables import Vital
from shared.settings import Settings

_Known = dict[tuple[str, datetime], Vital]


def store(session: Session, sent: SentVitals, settings: Settings, actor: str) -> VitalsStored:
    """Take in what is new of ``sent``, have the patient's risk computed from it, and look at contradicting heart rates.

    Raises NotFoundError, PatientArchivedError, FieldsRefusedError, DeviceClockWrongError.
    """
    batch, skew = sent.batch, clock_skew(sent.batch.sent_at, sent.arrived_at)
    if refused := [*batch.contradictions(), *not_yet(batch, skew, sent.arrived_at)]:
        raise FieldsRefusedError([(sent.place(path), said) for path, said in refused])
    in_care(session, batch.patient_id)  # locks the patient: no other batch comes between looking and adding
    known = _known(session, batch)
    changed = [vital for vital in batch.vitals if _take_in(session, batch, vital, skew, known)]
    answer = VitalsStored(
        stored=len(changed), duplicates=len(batch.vitals) - len(changed), skipped=sent.skipped, assessment=None
    )
    if not changed:
        return answer
    job = request_assessment(
        session, batch.patient_id, max_attempts=settings.job_max_attempts, pause_s=settings.risk_pause_s
    )
    note_event(session, EventType.VITALS_STORED, patient_id=batch.patient_id, payload={"stored": len(changed)})
    if any(vital.kind is VitalKind.HEART_RATE for vital in changed):
        note_disagreement(session, batch.patient_id)
    corrections = sum(vital.corrects for vital in changed)
    resource, detail = f"patient/{batch.patient_id}", {"device": batch.device, "stored": len(changed)}
    detail |= {"corrections": corrections} if corrections else {}
    note_audit(session, actor=actor, action="vitals.stored", resource=resource, detail=detail)
    return answer.model_copy(update={"assessment": Job.of(job)})


def of_patient(
    session: Session, patient_id: UUID, kind: VitalKind | None, paging: Paging, actor: str
) -> tuple[list[Vital], str | None]:
    """A patient's values, the latest measured first. Raises NotFoundError."""
    existing(session, patient_id)
    query = select(Vital).where(Vital.patient_id == patient_id)
    if kind is not None:
        query = query.where(Vital.kind == kind)
    found = fetch(session, query, [Vital.measured_at, Vital.id], paging, descending=True)
    note_audit(session, actor=actor, action="vitals.read", resource=f"patient/{patient_id}")
    return found


def _known(session: Session, batch: VitalsBatch) -> _Known:
    if not batch.vitals:
        return {}
    times = [vital.measured_at for vital in batch.vitals]
    query = select(Vital).where(
        Vital.patient_id == batch.patient_id,
        Vital.device == batch.device,
        Vital.device_time.between(min(times), max(times)),
    )
    return {(row.kind, row.device_time): row for row in session.scalars(query)}


def _take_in(session: Session, batch: VitalsBatch, vital: VitalIn, skew: timedelta | None, known: _Known) -> bool:
    """Add the value, or let it take the place of the known one that it corrects; whether anything changed."""
    key = (vital.kind, vital.measured_at)
    row = known.get(key)
    if row is not None:
        if not vital.corrects or (row.value, row.quality) == (vital.stored_value, vital.quality):
            return False
        row.value, row.quality = vital.stored_value, vital.quality
        return True
    row = known[key] = Vital(
        patient_id=batch.patient_id,
        device=batch.device,
        source=batch.source,
        kind=vital.kind,
        value=vital.stored_value,
        unit=VITALS[vital.kind].unit,
        quality=vital.quality,
        measured_at=corrected(vital.measured_at, skew),
        device_time=vital.measured_at,
        clock_skew_s=None if skew is None else skew.total_seconds(),
    )
    session.add(row)
    return True
