"""Admission: a queue that is full is said to be full, and acute studies find a place that routine ones leave free."""

from typing import Final

from sqlalchemy.orm import Session

from gateway.errors import TryLaterError
from shared.contracts.names import QUEUE_OF, JobKind, Priority
from shared.database import jobs
from shared.observability import metrics
from shared.settings import Settings

_RETRY_AFTER_S: Final = 30.0


class QueueFullError(TryLaterError):
    """More work waits than the workers could do in good time."""

    code = "queue_full"


def refuse_when_full(session: Session, settings: Settings, kind: JobKind, priority: Priority) -> None:
    """Raise QueueFullError when no more jobs of this kind and priority may wait."""
    places = settings.queue_limit
    if priority is not Priority.STAT:
        places -= settings.queue_reserve_stat
    queues = tuple(queue for (of_kind, _), queue in QUEUE_OF.items() if of_kind is kind)
    if jobs.waiting(session, queues) >= places:
        metrics.ADMISSION_REFUSED.labels(priority).inc()
        raise QueueFullError("The analysis queue is full; nothing was stored, so send the study again.", _RETRY_AFTER_S)
