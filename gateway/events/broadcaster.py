"""One tail of the event table per process, however many browsers listen."""

import asyncio
import json
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.errors import TryLaterError
from shared.database.engine import Database
from shared.database.tables import Event, Sequence
from shared.observability import metrics
from shared.observability.logs import logger

log = logger(__name__)

_POLL_S: Final = 0.25
_BATCH: Final = 500
# Kept in memory for listeners that are a little behind; who is further behind reads the database.
_RECENT: Final = 2000
_MAX_LISTENERS: Final = 500


class TooManyStreamsError(TryLaterError):
    """This process already tells as many browsers as it can."""

    code = "too_many_streams"
    status = 503


@dataclass(frozen=True)
class Message:
    """One event, ready to be sent."""

    id: int
    type: str
    patient_id: UUID | None
    study_id: UUID | None
    text: str


class Broadcaster:
    """Watches the event table from a thread and wakes the listeners on the event loop.

    Everything but the thread's own query runs on the loop, so that nothing needs a lock.
    """

    def __init__(self, database: Database, max_listeners: int = _MAX_LISTENERS) -> None:
        self.database = database
        self.changed = asyncio.Event()  # replaced on every change: take it before looking, wait on it after
        self.closed = False
        self._max_listeners = max_listeners
        self._listeners = 0
        self._recent: list[Message] = []
        self._since: int | None = None  # all events after this one are in _recent
        self._stop = Flag()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to watch; called on the event loop that the listeners run on."""
        loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._watch, args=(loop,), name="broadcaster", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all streams, so that a server that waits for its connections can stop. Called on the loop."""
        self.closed = True
        self._stop.set()
        self._wake()

    def join(self) -> None:
        """Wait for the thread to end."""
        if self._thread is not None:
            self._thread.join(timeout=5)

    def refuse_if_full(self) -> None:
        """Raise TooManyStreamsError unless one more may listen."""
        if self._listeners >= self._max_listeners:
            raise TooManyStreamsError("Too many pages are connected to this server; try again shortly.", 10)

    def listeners_changed(self, by: int) -> None:
        """Count a listener in or out."""
        self._listeners += by
        metrics.EVENT_STREAMS.inc(by)

    def after(self, last_id: int) -> list[Message] | None:
        """The events after ``last_id``; None where only the database knows them all."""
        if self._since is None or last_id < self._since:
            return None
        return [message for message in self._recent if message.id > last_id]

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        newest: int | None = None
        while not self._stop.wait(_POLL_S):
            try:
                with self.database.reading() as session:
                    if newest is None:
                        newest = newest_id(session)
                        loop.call_soon_threadsafe(self._begin, newest)
                    messages = read_after(session, newest)
                if messages:
                    newest = messages[-1].id
                    loop.call_soon_threadsafe(self._publish, messages)
            except Exception as error:  # the database may be away for a moment; what happened is read afterwards
                log.warning("broadcaster_poll_failed", error=type(error).__name__)

    def _begin(self, newest: int) -> None:
        self._since = newest
        self._wake()  # who came before this has perhaps missed what happened before it

    def _publish(self, messages: list[Message]) -> None:
        self._recent += messages
        if len(self._recent) > _RECENT:
            self._since = self._recent[-_RECENT - 1].id
            self._recent = self._recent[-_RECENT:]
        self._wake()

    def _wake(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


def newest_id(session: Session) -> int:
    """The id of the newest event; those with smaller ids are all visible."""
    return session.scalar(select(Sequence.value).where(Sequence.name == "events")) or 0


def oldest_id(session: Session) -> int | None:
    """The id of the oldest event that is still kept."""
    return session.scalar(select(func.min(Event.id)))


def read_after(session: Session, last_id: int) -> list[Message]:
    """The next events after ``last_id``, oldest first."""
    rows = session.scalars(select(Event).where(Event.id > last_id).order_by(Event.id).limit(_BATCH))
    return [Message(row.id, row.type, row.patient_id, row.study_id, _text(row)) for row in rows]


def _text(event: Event) -> str:
    data = {
        "id": event.id,
        "type": event.type,
        "patient_id": event.patient_id,
        "study_id": event.study_id,
        "job_id": event.job_id,
        "payload": event.payload,
        "created_at": event.created_at.isoformat(),
    }
    return f"id: {event.id}\nevent: {event.type}\ndata: {json.dumps(data, default=str)}\n\n"
