"""Queue and task names: the only thing a sender needs to know of a worker."""

from enum import StrEnum
from typing import Final


class Queue(StrEnum):
    """One queue per service; acute CT has its own, since running work ignores priorities within a queue."""

    CT_STAT = "ct.stat"
    CT = "ct"
    RISK = "risk"
    HEART_RATE = "heart_rate"


class JobKind(StrEnum):
    """What a job does. The value is also the name of the Celery task that does it."""

    CT_SEGMENT = "ct.segment"
    RISK_ASSESS = "risk.assess"
    RISK_WHAT_IF = "risk.what_if"
    HEART_RATE_ESTIMATE = "heart_rate.estimate"


class Priority(StrEnum):
    """How urgently a person asked for the result."""

    STAT = "stat"
    ROUTINE = "routine"


QUEUE_OF: Final[dict[tuple[JobKind, Priority], Queue]] = {
    (JobKind.CT_SEGMENT, Priority.STAT): Queue.CT_STAT,
    (JobKind.CT_SEGMENT, Priority.ROUTINE): Queue.CT,
    # Takes milliseconds, and somebody may be getting worse: always acute.
    (JobKind.RISK_ASSESS, Priority.STAT): Queue.RISK,
    (JobKind.RISK_WHAT_IF, Priority.STAT): Queue.RISK,
    (JobKind.HEART_RATE_ESTIMATE, Priority.ROUTINE): Queue.HEART_RATE,
}
