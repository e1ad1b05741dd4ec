"""Queue and task names: the only thing a sender needs to know of a worker."""

from enum import StrEnum
from typing import Final


class Queue(StrEnum):
    """One queue per service; acute CT has its own, since running work ignores priorities within a queue."""

    CT_STAT = "ct.stat"
    CT = "ct"


class JobKind(StrEnum):
    """What a job does. The value is also the name of the Celery task that does it."""

    CT_SEGMENT = "ct.segment"


class Priority(StrEnum):
    """How urgently a person asked for the result."""

    STAT = "stat"
    ROUTINE = "routine"


QUEUE_OF: Final[dict[tuple[JobKind, Priority], Queue]] = {
    (JobKind.CT_SEGMENT, Priority.STAT): Queue.CT_STAT,
    (JobKind.CT_SEGMENT, Priority.ROUTINE): Queue.CT,
}
