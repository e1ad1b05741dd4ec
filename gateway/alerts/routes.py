"""Calls for a person."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.address import API
from gateway.alerts import service
from gateway.alerts.schemas import Acknowledgement, Alert, AlertPage, Closing
from gateway.auth.access import Anyone
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId
from shared.contracts.states import AlertLevel, AlertState

router = APIRouter(prefix=f"{API}/alerts", tags=["alerts"])


@router.get("", responses=problems())
def list_alerts(
    _: Anyone,
    platform: ThePlatform,
    paging: ThePaging,
    state: AlertState | None = None,
    level: AlertLevel | None = None,
    patient_id: UUID | None = None,
) -> AlertPage:
    """Alerts, newest first."""
    with platform.database.reading() as session:
        items, cursor = service.list_alerts(session, state, level, patient_id, paging)
    return AlertPage(items=items, next_cursor=cursor)


@router.get("/{id}", responses=problems(404))
def get_alert(alert_id: PathId, _: Anyone, platform: ThePlatform) -> Alert:
    """One alert with its history."""
    with platform.database.reading() as session:
        return service.existing(session, alert_id)


@router.post("/{id}/acknowledge", status_code=200, response_model=Alert, responses=problems(404, 409, body=True))
def acknowledge_alert(alert_id: PathId, acknowledgement: Acknowledgement, call: CliniciansCall) -> Response:
    """Say that someone takes care of an open alert."""
    return _move(call, alert_id, AlertState.ACKNOWLEDGED, acknowledgement.reason)


@router.post("/{id}/close", status_code=200, response_model=Alert, responses=problems(404, 409, body=True))
def close_alert(alert_id: PathId, closing: Closing, call: CliniciansCall) -> Response:
    """Say that an alert needs no more care, and why."""
    return _move(call, alert_id, AlertState.CLOSED, closing.reason)


def _move(call: CliniciansCall, alert_id: UUID, to: AlertState, reason: str | None) -> Response:
    return call.once(
        lambda session: service.move(session, alert_id, to, call.user.id, reason), content=reason or "", status=200
    )
