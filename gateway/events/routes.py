"""What happens, told live (server-sent events)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.events.stream import HEARTBEAT_S, LIFE_S, EventStream, Wanted, tell
from gateway.platform import ThePlatform
from gateway.problems import problems
from shared.contracts.states import EventType
from shared.database.columns import now

router = APIRouter(prefix=f"{API}/events", tags=["events"])

EventId = Annotated[int | None, Query(ge=0, lt=2**63, description="As the header, which wins; for a page's first try")]
LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, lt=2**63, description="Go on after this event; without it, from now on"),
]
_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


@router.get("", response_class=StreamingResponse, responses={**problems(), 200: {"content": _STREAM}})
async def stream_events(
    user: Anyone,
    platform: ThePlatform,
    types: Annotated[list[EventType] | None, Query(description="Only these types")] = None,
    patient_id: UUID | None = None,
    study_id: UUID | None = None,
    last_event_id: EventId = None,
    last_event_id_header: LastEventId = None,
) -> EventStream:
    """Events as they happen. `data` is JSON: id, type, patient_id, study_id, job_id, payload, created_at.

    A stream lasts at most 10 minutes; a browser reconnects by itself and misses nothing. The event `reset` says that
    events since the given id are no longer kept: load the page's data afresh.
    """
    platform.broadcaster.refuse_if_full()
    wanted = Wanted(frozenset(types or ()), patient_id, study_id)
    last_id = last_event_id if last_event_id_header is None else last_event_id_header
    life_s = min(LIFE_S, (user.expires_at - now()).total_seconds())
    return EventStream(tell(platform.broadcaster, user, wanted, last_id, HEARTBEAT_S, life_s))
