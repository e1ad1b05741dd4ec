"""Alerts: listing, and moving one to acknowledged or closed."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.alerts.schemas import Alert, AlertAction
from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from shared.contracts.states import AlertLevel, AlertState
from shared.database.alerts import move_alert
from shared.database.journal import note_audit
from shared.database.tables import Alert as AlertRow
from shared.database.tables import User


def list_alerts(
    session: Session,
    state: AlertState | None,
    level: AlertLevel | None,
    patient_id: UUID | None,
    paging: Paging,
) -> tuple[list[Alert], str | None]:
    """Alerts, newest first."""
    query = select(AlertRow)
    if state is not None:
        query = query.where(AlertRow.state == state)
    if level is not None:
        query = query.where(AlertRow.level == level)
    if patient_id is not None:
        query = query.where(AlertRow.patient_id == patient_id)
    rows, cursor = fetch(session, query, [AlertRow.created_at, AlertRow.id], paging, descending=True)
    return _shown(session, rows), cursor


def existing(session: Session, alert_id: UUID) -> Alert:
    """One alert with its history. Raises NotFoundError."""
    row = session.get(AlertRow, alert_id)
    if row is None:
        raise NotFoundError("alert")
    return _shown(session, [row])[0]


def move(session: Session, alert_id: UUID, to: AlertState, user_id: UUID, reason: str | None) -> Alert:
    """Acknowledge or close an alert. Raises NotFoundError, AlertStateError."""
    row = session.get(AlertRow, alert_id, with_for_update=True)
    if row is None:
        raise NotFoundError("alert")
    move_alert(session, row, to, user_id, reason or "")
    session.flush()
    note_audit(session, actor=str(user_id), action=f"alert.{to}", resource=f"alert/{alert_id}")
    return _shown(session, [row])[0]


def _shown(session: Session, rows: Iterable[AlertRow]) -> list[Alert]:
    rows = list(rows)
    acting = {action.user_id for row in rows for action in row.actions if action.user_id is not None}
    names = dict(session.execute(select(User.id, User.full_name).where(User.id.in_(acting))).all())
    return [
        Alert(
            id=row.id,
            patient_id=row.patient_id,
            study_id=row.study_id,
            finding_id=row.finding_id,
            job_id=row.job_id,
            level=AlertLevel(row.level),
            code=row.code,
            message=row.message,
            state=AlertState(row.state),
            created_at=row.created_at,
            actions=[
                AlertAction(
                    state=AlertState(action.state),
                    by=None if action.user_id is None else names.get(action.user_id),
                    at=action.created_at,
                    reason=action.reason or None,
                )
                for action in row.actions
            ],
        )
        for row in rows
    ]
