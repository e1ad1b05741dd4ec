"""Jobs: listing, looking at one, and trying again what ended badly."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from shared.contracts.names import JobKind
from shared.contracts.states import JobState
from shared.database import jobs
from shared.database.journal import note_audit
from shared.database.tables import Job
from shared.errors import PlatformError


class JobNotRetryableError(PlatformError):
    """The job has not ended badly, so there is nothing to try again."""

    code = "job_not_retryable"
    status = 409

    def __init__(self, state: str) -> None:
        super().__init__(f"The job is {state}; only a refused or failed job can be tried again.")


def list_jobs(
    session: Session, state: JobState | None, patient_id: UUID | None, kinds: list[JobKind], paging: Paging
) -> tuple[list[Job], str | None]:
    """Jobs of these kinds, newest first."""
    query = select(Job).where(Job.kind.in_(kinds))
    if state is not None:
        query = query.where(Job.state == state)
    if patient_id is not None:
        query = query.where(Job.patient_id == patient_id)
    return fetch(session, query, [Job.created_at, Job.id], paging, descending=True)


def existing(session: Session, job_id: UUID) -> Job:
    """One job. Raises NotFoundError."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError("job")
    return job


def retry(session: Session, job_id: UUID, actor: str) -> Job:
    """Try a refused or failed job afresh. Raises NotFoundError, JobNotRetryableError."""
    job = session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFoundError("job")
    if job.state not in (JobState.REFUSED, JobState.FAILED):
        raise JobNotRetryableError(job.state)
    jobs.retry(session, job)
    note_audit(session, actor=actor, action="job.retried", resource=f"job/{job_id}")
    return job
