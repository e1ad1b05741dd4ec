"""What every step of the bridge works with, and how a step that fails is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from services.pacs_bridge.gateway import Gateway
from services.pacs_bridge.orthanc import Orthanc
from shared.contracts.names import Priority
from shared.contracts.states import PacsState
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import PacsSeries
from shared.errors import PlatformError
from shared.observability import metrics
from shared.observability.logs import logger
from shared.settings import Settings

log = logger(__name__)

_AT_ONCE: Final = 50
# A step is cheap and its study may be acute: it never waits long for a server that is back.
_MAX_PAUSE_S: Final = 10.0


@dataclass(frozen=True)
class Parts:
    """The bridge's parts; ``beat`` is called whenever something moves, so that a hung step is noticed."""

    database: Database
    pacs: Orthanc
    gateway: Gateway
    settings: Settings
    beat: Callable[[], None]


Step = Callable[[Parts, PacsSeries], None]
Refusal = Callable[[Parts, PacsSeries, PlatformError], None]


def due(parts: Parts, state: PacsState) -> list[PacsSeries]:
    """Series whose next step is due, acute ones first, then in the order of their arrival."""
    acute_first = case((PacsSeries.priority == Priority.STAT, 0), else_=1)
    query = select(PacsSeries).where(PacsSeries.state == state, PacsSeries.due_at <= now())
    with parts.database.reading() as session:
        return list(session.scalars(query.order_by(acute_first, PacsSeries.created_at).limit(_AT_ONCE)))


def run_step(parts: Parts, row: PacsSeries, step: Step, on_refusal: Refusal) -> None:
    """Do ``step`` for one series.

    What is refused for good is ``on_refusal``'s; all else is tried again after a pause, and keeps no other series from
    its own step.
    """
    parts.beat()
    name = step.__name__.strip("_")
    try:
        step(parts, row)
    except PlatformError as error:
        log.warning("pacs_step_failed", step=name, series=str(row.id), error=error.code, detail=error.detail)
        if error.retryable:
            _postpone(parts, row.id, name)
        else:
            on_refusal(parts, row, error)
    except Exception:
        log.exception("pacs_step_broken", step=name, series=str(row.id))
        _postpone(parts, row.id, name)


def step_done(row: PacsSeries, state: PacsState, reason: str | None = None) -> None:
    """Move a row on: its next step is due at once."""
    metrics.PACS_SERIES.labels(state).inc()
    row.state, row.reason, row.failures, row.due_at = state, reason, 0, now()


def _postpone(parts: Parts, row_id: UUID, step: str) -> None:
    """Try the series' next step again after a pause that doubles with each failure."""
    metrics.PACS_FAILURES.labels(step).inc()

    def work(session: Session) -> None:
        row = session.get_one(PacsSeries, row_id, with_for_update=True)
        row.failures += 1
        pause_s = min(_MAX_PAUSE_S, parts.settings.pacs_poll_s * 2.0 ** min(row.failures, 10))
        row.due_at = now() + timedelta(seconds=pause_s)

    parts.database.write(work)
