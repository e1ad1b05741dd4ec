"""Behaviour events."""

from fastapi import APIRouter, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.behaviour_events import service
from gateway.behaviour_events.schemas import (
    BehaviourEvent,
    BehaviourEventPage,
    BehaviourEventsIn,
    BehaviourEventsStored,
)
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["behaviour events"])


@router.post(
    "/behaviour-events", status_code=202, response_model=BehaviourEventsStored, responses=problems(404, 409, body=True)
)
def store_behaviour_events(batch: BehaviourEventsIn, call: CliniciansCall) -> Response:
    """Send what a source saw of one patient; what it sent before is dropped, and the risk is computed anew."""
    answer = call.once(
        lambda session: service.store(session, batch, call.platform.settings, call.user.actor),
        content=batch.model_dump_json(),
        status=202,
    )
    call.platform.wake_relay()
    return answer


@router.get("/patients/{id}/behaviour-events", responses=problems(404))
def list_behaviour_events(
    patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging
) -> BehaviourEventPage:
    """What a patient was seen to do, the latest begun first."""
    rows, cursor = platform.database.write(lambda session: service.of_patient(session, patient_id, paging, user.actor))
    return BehaviourEventPage(items=[BehaviourEvent.model_validate(row) for row in rows], next_cursor=cursor)
