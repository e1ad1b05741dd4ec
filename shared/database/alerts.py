"""Raising an alert, once per cause, and moving it through its states."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.states import AlertLevel, AlertState, EventType
from shared.database.journal import note_event
from shared.database.tables import Alert, AlertAction
from shared.errors import PlatformError


class AlertStateError(PlatformError):
    """The alert has already moved on, so that the asked-for step is not possible."""

    code = "alert_state_conflict"
    status = 409


_STEPS = {
    AlertState.ACKNOWLEDGED: ({AlertState.OPEN}, EventType.ALERT_ACKNOWLEDGED),
    AlertState.CLOSED: ({AlertState.OPEN, AlertState.ACKNOWLEDGED}, EventType.ALERT_CLOSED),
}


def open_alert(
    session: Session,
    *,
    dedupe_key: str,
    level: AlertLevel,
    code: str,
    message: str,
    patient_id: UUID,
    study_id: UUID | None = None,
    job_id: UUID | None = None,
    finding_id: UUID | None = None,
) -> None:
    """Call for a person, unless this very cause has already done so."""
    if session.scalar(select(Alert.id).where(Alert.dedupe_key == dedupe_key)) is not None:
        return
    alert = Alert(
        id=uuid4(),
        dedupe_key=dedupe_key,
        level=level,
        code=code,
        message=message,
        patient_id=patient_id,
        study_id=study_id,
        job_id=job_id,
        finding_id=finding_id,
    )
    session.add(alert)
    session.flush()
    session.add(AlertAction(alert_id=alert.id, user_id=None, state=AlertState.OPEN, reason=code))
    _note(session, alert, EventType.ALERT_OPENED)


def move_alert(session: Session, alert: Alert, to: AlertState, user_id: UUID, reason: str) -> None:
    """Acknowledge or close an alert, recording who and why. Raises AlertStateError if it has moved on already."""
    allowed_from, event = _STEPS[to]
    if alert.state not in allowed_from:
        raise AlertStateError(f"The alert is {alert.state}; it cannot become {to}. Reload to see who moved it.")
    alert.state = to
    alert.actions.append(AlertAction(alert_id=alert.id, user_id=user_id, state=to, reason=reason))
    _note(session, alert, event)


def _note(session: Session, alert: Alert, event: EventType) -> None:
    note_event(
        session,
        event,
        patient_id=alert.patient_id,
        study_id=alert.study_id,
        job_id=alert.job_id,
        payload={"alert_id": str(alert.id), "level": alert.level, "code": alert.code},
    )
