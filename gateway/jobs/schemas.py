"""Jobs as answers."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.paging import Page
from shared.contracts.names import QUEUE_OF, JobKind, Priority, Queue
from shared.contracts.states import JobState
from shared.database.tables import Job as JobRow

_PRIORITY_OF = {queue: priority for (_, priority), queue in QUEUE_OF.items()}


class JobError(BaseModel):
    """Why a job was refused, has failed, or waits for its next attempt."""

    code: str
    detail: str
    retryable: bool = Field(description="Whether the same input may succeed later")


class Job(BaseModel):
    """One piece of work, and how far it is."""

    id: UUID
    kind: JobKind
    priority: Priority
    state: JobState
    progress: float = Field(ge=0, le=1)
    stage: str
    attempts: int
    max_attempts: int
    error: JobError | None
    patient_id: UUID
    study_id: UUID | None
    video_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: JobRow) -> Self:
        """The job as its row says."""
        error = None
        if row.error_code is not None:
            retryable = row.state != JobState.REFUSED
            error = JobError(code=row.error_code, detail=row.error_detail or "", retryable=retryable)
        return cls(
            id=row.id,
            kind=JobKind(row.kind),
            priority=_PRIORITY_OF[Queue(row.queue)],
            state=JobState(row.state),
            progress=row.progress,
            stage=row.stage,
            attempts=row.attempts,
            max_attempts=row.max_attempts,
            error=error,
            patient_id=row.patient_id,
            study_id=row.study_id,
            video_id=row.video_id,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )


class JobPage(Page[Job]):
    """Some of the jobs."""
