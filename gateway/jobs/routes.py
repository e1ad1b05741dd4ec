"""Work in flight."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.idempotency import CliniciansCall
from gateway.jobs import service
from gateway.jobs.schemas import Job, JobPage
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId
from shared.contracts.names import JobKind
from shared.contracts.states import JobState

router = APIRouter(prefix=f"{API}/jobs", tags=["jobs"])


@router.get("", responses=problems())
def list_jobs(
    _: Anyone,
    platform: ThePlatform,
    paging: ThePaging,
    state: JobState | None = None,
    patient_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[list[JobKind] | None, Query(description="One or several; default: all")] = None,
) -> JobPage:
    """Jobs, newest first."""
    with platform.database.reading() as session:
        rows, cursor = service.list_jobs(session, state, patient_id, kind or list(JobKind), paging)
    return JobPage(items=[Job.of(row) for row in rows], next_cursor=cursor)


@router.get("/{id}", responses=problems(404))
def get_job(job_id: PathId, _: Anyone, platform: ThePlatform) -> Job:
    """One job and how far it is."""
    with platform.database.reading() as session:
        return Job.of(service.existing(session, job_id))


@router.post("/{id}/retry", status_code=202, response_model=Job, responses=problems(404, 409))
def retry_job(job_id: PathId, call: CliniciansCall) -> Response:
    """Try a refused or failed job afresh, with all its attempts."""
    answer = call.once(
        lambda session: Job.of(service.retry(session, job_id, call.user.actor)),
        content="",
        status=202,
        location=lambda job: f"{API}/jobs/{job.id}",
    )
    call.platform.wake_relay()
    return answer
