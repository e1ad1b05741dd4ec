"""Admission: a queue that is full is said to be full, and acute work finds a place that routine work leaves free."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from gateway.errors import TryLaterError
from gateway.idempotency import Call
from gateway.patients.service import existing
from shared.contracts.names import QUEUE_OF, JobKind, Priority
from shared.database import jobs
from shared.observability import metrics
from shared.settings import Settings

_RETRY_AFTER_S: Final = 30.0


class QueueFullError(TryLaterError):
    """More work waits than the workers could do in good time."""

    code = "queue_full"


def refuse_early(call: Call, patient_id: UUID, kind: JobKind, priority: Priority) -> None:
    """Refuse before the body is read what would be refused after it. Raises NotFoundError, QueueFullError."""
    answered = call.already_answered()
    with call.platform.database.reading() as session:
        existing(session, patient_id)
        if not answered:
            refuse_when_full(session, call.platform.settings, kind, priority)


def refuse_when_full(session: Session, settings: Settings, kind: JobKind, priority: Priority) -> None:
    """Raise QueueFullError when no more jobs of this kind and priority may wait."""
    queues = {of: queue for (of_kind, of), queue in QUEUE_OF.items() if of_kind is kind}
    places = settings.queue_limit
    if priority is not Priority.STAT and Priority.STAT in queues:
        places -= settings.queue_reserve_stat
    if jobs.waiting(session, tuple(queues.values())) >= places:
        metrics.ADMISSION_REFUSED.labels(priority).inc()
        detail = "The analysis queue is full; nothing was stored, so send the upload again."
        raise QueueFullError(detail, _RETRY_AFTER_S)
