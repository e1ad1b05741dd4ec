"""Heart rates among the vital signs: reading them, and calling for a person where devices contradict each other.

A disagreement asks somebody to look at the sensors, and a call repeated every minute is one that nobody hears: there is
none while an earlier one is unclosed, nor within an hour of it. NEWS2 has a patient at medium risk looked at as often.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.contracts.states import AlertLevel, AlertState, EventType
from shared.contracts.vitals import VitalKind, VitalSource
from shared.database.alerts import open_alert
from shared.database.columns import now
from shared.database.journal import note_event
from shared.database.tables import Alert, Patient, Vital
from shared.physiology.heart_rate import (
    DISAGREE_BPM,
    DeviceRate,
    FusedPoint,
    HeartRateMeasurement,
    fused_by_minute,
    sigma_bpm,
)

ALERT_CODE: Final = "heart_rates_disagree"
# A wearable hands over its values every quarter of an hour, and a video is read within minutes of its end.
_LOOK_BACK: Final = timedelta(minutes=30)
_CALL_AGAIN_AFTER: Final = timedelta(hours=1)


def measured_since(session: Session, patient_id: UUID, since: datetime) -> Iterator[HeartRateMeasurement]:
    """The patient's heart rates from ``since`` on, in the order of time."""
    columns = (Vital.measured_at, Vital.value, Vital.source, Vital.device, Vital.quality)
    query = select(*columns).where(
        Vital.patient_id == patient_id, Vital.kind == VitalKind.HEART_RATE, Vital.measured_at >= since
    )
    for at, bpm, source, device, quality in session.execute(query.order_by(Vital.measured_at)):
        yield HeartRateMeasurement(at, bpm, VitalSource(source), device, quality)


def note_disagreement(session: Session, patient_id: UUID) -> None:
    """Tell, and call for a person, where the patient's heart rates have come to contradict each other.

    Called by whoever has just written some. What counts is the latest minute in which two devices measured: one that is
    over calls nobody.
    """
    # One looks at a time, so that two do not both find nobody called.
    session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update())
    session.flush()
    point = _latest_compared(session, patient_id)
    if point is None or not point.disagrees or _called(session, patient_id):
        return
    one, other = _furthest_apart(point)
    note_event(
        session,
        EventType.HEART_RATES_DISAGREE,
        patient_id=patient_id,
        payload={
            "at": point.at.isoformat(),
            "difference_bpm": point.disagreement_bpm,
            "sources": [{"source": d.source, "device": d.device, "bpm": d.bpm} for d in (one, other)],
        },
    )
    open_alert(
        session,
        dedupe_key=f"{ALERT_CODE}:{patient_id}:{point.at.isoformat()}",
        level=AlertLevel.WARNING,
        code=ALERT_CODE,
        message=f"Heart rates differ by {point.disagreement_bpm:.0f} bpm: {_said(one)}, {_said(other)}. "
        "Count the pulse and look at the sensors.",
        patient_id=patient_id,
    )


def _latest_compared(session: Session, patient_id: UUID) -> FusedPoint | None:
    """The latest minute that two devices measured in, of those that are surer than what makes a contradiction."""
    measured = measured_since(session, patient_id, now() - _LOOK_BACK)
    believable = (found for found in measured if sigma_bpm(found.source, found.quality) <= DISAGREE_BPM)
    compared = (point for point in fused_by_minute(believable) if len(point.sources) > 1)
    return max(compared, key=lambda point: point.at, default=None)


def _called(session: Session, patient_id: UUID) -> bool:
    mine = (Alert.patient_id == patient_id) & (Alert.code == ALERT_CODE)
    still = (Alert.state != AlertState.CLOSED) | (Alert.created_at > now() - _CALL_AGAIN_AFTER)
    return bool(session.scalar(select(func.count()).select_from(Alert).where(mine & still)))


def _furthest_apart(point: FusedPoint) -> tuple[DeviceRate, DeviceRate]:
    return max(combinations(point.sources, 2), key=lambda pair: abs(pair[0].bpm - pair[1].bpm))


def _said(device: DeviceRate) -> str:
    source = "camera" if device.source is VitalSource.RPPG else device.source.value
    return f"{source} {device.device} says {device.bpm:.0f}"
