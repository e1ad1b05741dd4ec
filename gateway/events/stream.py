"""One browser's stream of events: what it missed from the database, then live."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from anyio import to_thread
from fastapi.responses import StreamingResponse
from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope, Send

from gateway.auth.access import SignedIn, find_session
from gateway.events.broadcaster import Broadcaster, Message, newest_id, oldest_id, read_after
from shared.contracts.states import EventType
from shared.database.tables import SignIn
from shared.observability.logs import logger

log = logger(__name__)

HEARTBEAT_S: Final = 15.0
LIFE_S: Final = 600.0
_RECONNECT_MS: Final = 2000
# A browser that takes nothing for this long is dropped; it comes back and resumes.
_SEND_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True)
class Wanted:
    """Which events a listener wants; empty or None means all."""

    types: frozenset[EventType]
    patient_id: UUID | None
    study_id: UUID | None

    def __contains__(self, message: Message) -> bool:
        """Whether the listener wants this event."""
        return (
            (not self.types or message.type in self.types)
            and (self.patient_id is None or message.patient_id == self.patient_id)
            and (self.study_id is None or message.study_id == self.study_id)
        )


class EventStream(StreamingResponse):
    """An answer that lasts; ends when the browser leaves, and drops one that does not read."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[str]) -> None:
        super().__init__(events)
        self._events = events

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the events end or the browser leaves."""
        telling = asyncio.create_task(self._tell(send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            telling.cancel()
            _, outcome = await asyncio.gather(leaving, telling, return_exceptions=True)
            await self._events.aclose()
            if isinstance(outcome, Exception):  # the headers are sent: all that is left is to break off
                log.warning("event_stream_broken", error=type(outcome).__name__)

    async def _tell(self, send: Send) -> None:
        async def send_in_time(message: AsgiMessage) -> None:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await send(message)

        await self.stream_response(send_in_time)


async def tell(
    broadcaster: Broadcaster, user: SignedIn, wanted: Wanted, last_id: int | None, heartbeat_s: float, life_s: float
) -> AsyncGenerator[str]:
    """Events after ``last_id`` (None: from now on) as text of the stream, until its life or the session ends."""
    broadcaster.listeners_changed(+1)
    try:
        position, is_reset = await to_thread.run_sync(_begin, broadcaster, last_id)
        # A lone id is no event, but what the browser sends back if the connection breaks before the first one.
        yield f"retry: {_RECONNECT_MS}\nid: {position}\n"
        yield f"event: reset\ndata: {json.dumps({'id': position})}\n\n" if is_reset else "\n"
        ends_s = time.monotonic() + life_s
        while not broadcaster.closed and time.monotonic() < ends_s:
            changed = broadcaster.changed
            messages = broadcaster.after(position)
            if messages is None:
                messages = await to_thread.run_sync(_read, broadcaster, position)
            for message in messages:
                position = message.id
                if message in wanted:
                    yield message.text
            if messages or await _set_within(changed, heartbeat_s):
                continue
            if not await to_thread.run_sync(_still_signed_in, broadcaster, user):
                return
            yield ": heartbeat\n\n"
    finally:
        broadcaster.listeners_changed(-1)


async def _set_within(changed: asyncio.Event, timeout_s: float) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), timeout_s)
    except TimeoutError:
        return False
    return True


def _begin(broadcaster: Broadcaster, last_id: int | None) -> tuple[int, bool]:
    """Where to go on, and whether events between ``last_id`` and there are lost, so that the page must reload."""
    with broadcaster.database.reading() as session:
        oldest, newest = oldest_id(session), newest_id(session)
    if last_id is None or last_id == newest:
        return newest, False
    first_kept = newest + 1 if oldest is None else oldest
    if last_id > newest or last_id + 1 < first_kept:
        return newest, True
    return last_id, False


def _read(broadcaster: Broadcaster, last_id: int) -> list[Message]:
    with broadcaster.database.reading() as session:
        return read_after(session, last_id)


def _still_signed_in(broadcaster: Broadcaster, user: SignedIn) -> bool:
    with broadcaster.database.reading() as session:
        return find_session(session, SignIn.id == user.session_id) is not None
