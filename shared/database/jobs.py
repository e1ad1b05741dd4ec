"""The life of a job as guarded writes: enqueue, claim, report, end. Every step is safe to run twice.

A claim is a random id that one attempt of one worker holds. Every later write names it, so that an attempt which was
given up for lost, and comes back, changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Update, func, select, update
from sqlalchemy.orm import Session

from shared.contracts.messages import JobMessage
from shared.contracts.names import QUEUE_OF, JobKind, Priority, Queue
from shared.contracts.states import AlertLevel, EventType, JobState
from shared.database.alerts import open_alert
from shared.database.columns import now
from shared.database.journal import note_event
from shared.database.tables import DeadLetter, Job, OutboxMessage
from shared.errors import PlatformError
from shared.observability.correlation import correlation_id

# What it means that a job has no result, as an alert's code and first words. Whoever asks "what if" sees it at once.
_MISSED: Final = {
    JobKind.CT_SEGMENT: ("study_not_analysed", "Not analysed"),
    JobKind.RISK_ASSESS: ("risk_not_assessed", "Risk not assessed"),
}

# Over in milliseconds and many an hour for each patient: browsers are told of their results, and of failures.
_QUIET: Final = {JobKind.RISK_ASSESS, JobKind.RISK_WHAT_IF}
_ON_ITS_WAY: Final = {EventType.JOB_QUEUED, EventType.JOB_RUNNING, EventType.JOB_SUCCEEDED}


@dataclass(frozen=True)
class ClaimedJob:
    """What a worker needs to know of the job it holds."""

    id: UUID
    claim: UUID
    attempt: int
    patient_id: UUID
    study_id: UUID | None
    video_id: UUID | None


def enqueue(
    session: Session,
    kind: JobKind,
    priority: Priority,
    *,
    patient_id: UUID,
    study_id: UUID | None = None,
    video_id: UUID | None = None,
    max_attempts: int,
    delay_s: float = 0.0,
) -> Job:
    """Create a job and, in the same transaction, the message that will start it after ``delay_s``."""
    job = Job(
        id=uuid4(),
        kind=kind,
        queue=QUEUE_OF[kind, priority],
        patient_id=patient_id,
        study_id=study_id,
        video_id=video_id,
        max_attempts=max_attempts,
        correlation_id=correlation_id(),
    )
    session.add(job)
    session.flush()
    _post(session, job, delay_s)
    _note(session, job, EventType.JOB_QUEUED)
    return job


def hurry(session: Session, job: Job, delay_s: float) -> None:
    """Have a queued job start ``delay_s`` from now at the latest.

    By a message of its own: the first one may be locked by the relay, and finds nothing to claim when it comes after.
    """
    if job.due_at is not None and job.due_at > now() + timedelta(seconds=delay_s):
        _post(session, job, delay_s)


def waiting(session: Session, queues: tuple[Queue, ...]) -> int:
    """How many jobs of these queues wait for a worker."""
    query = select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED, Job.queue.in_(queues))
    return session.scalar(query) or 0


def claim(session: Session, job_id: UUID, lease_s: float) -> ClaimedJob | None:
    """Take a queued job for one attempt; None if it is not there to be taken (done, or another worker has it)."""
    token = uuid4()
    taken = _rows_changed(
        session,
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            claim=token,
            attempts=Job.attempts + 1,
            lease_until=now() + timedelta(seconds=lease_s),
            started_at=now(),
            progress=0.0,
            stage="starting",
            error_code=None,
            error_detail=None,
        ),
    )
    if not taken:
        return None
    job = session.get_one(Job, job_id, populate_existing=True)
    _note(session, job, EventType.JOB_RUNNING, attempt=job.attempts)
    return ClaimedJob(job.id, token, job.attempts, job.patient_id, job.study_id, job.video_id)


def extend_lease(session: Session, job: ClaimedJob, lease_s: float) -> bool:
    """Say that the attempt is alive; False if the job is no longer this attempt's."""
    values = {"lease_until": now() + timedelta(seconds=lease_s)}
    return _update_held(session, job, values)


def report_progress(session: Session, job: ClaimedJob, progress: float, stage: str) -> bool:
    """Store how far the attempt is (0 to 1) and tell those who watch; False if the job is no longer its own."""
    if not _update_held(session, job, {"progress": progress, "stage": stage}):
        return False
    note_event(
        session,
        EventType.JOB_PROGRESS,
        patient_id=job.patient_id,
        study_id=job.study_id,
        job_id=job.id,
        payload={"progress": round(progress, 3), "stage": stage},
    )
    return True


def succeed(session: Session, job: ClaimedJob) -> bool:
    """End the attempt well; False, and the caller must roll back, if the job is no longer this attempt's."""
    return _end(session, job, JobState.SUCCEEDED, EventType.JOB_SUCCEEDED)


def refuse(session: Session, job: ClaimedJob, error: PlatformError) -> bool:
    """End the job because its input cannot be processed: stored, shown, alerted, since silence looks negative."""
    if not _end(session, job, JobState.REFUSED, EventType.JOB_REFUSED, error):
        return False
    _call(
        session,
        session.get_one(Job, job.id),
        AlertLevel.WARNING,
        f"refused:{job.claim}",  # per attempt: a retry that is refused again must not be silent
        f"({error.code}): {error.detail}",
    )
    return True


def fail_attempt(session: Session, job: ClaimedJob, error: PlatformError, retry_delay_s: float) -> bool:
    """Put the job back into its queue, or into the dead letters after the last attempt."""
    row = session.get_one(Job, job.id, populate_existing=True, with_for_update=True)
    if row.claim != job.claim or row.state != JobState.RUNNING:
        return False
    _give_back(session, row, error, retry_delay_s)
    return True


def requeue_expired(session: Session, retry_delay_s: float) -> int:
    """Take back the jobs of attempts that fell silent (killed process, lost machine). Returns how many."""
    query = (
        select(Job)
        .where(Job.state == JobState.RUNNING, Job.lease_until < now())
        .with_for_update(skip_locked=True)
        .limit(100)
    )
    lost = session.scalars(query).all()
    for job in lost:
        _give_back(session, job, WorkerLostError(), retry_delay_s)
    return len(lost)


def resend_untaken(session: Session, resend_after_s: float) -> int:
    """Send again what the broker seems to have lost. Returns how many.

    The wait doubles with each sending, up to an hour, so that a queue whose worker is away does not fill with copies;
    a copy that arrives after all finds nothing to claim.
    """
    query = (
        select(Job)
        .where(Job.state == JobState.QUEUED, Job.sent_at < now() - timedelta(seconds=resend_after_s))
        .with_for_update(skip_locked=True)
        .limit(100)
    )
    resent = 0
    for job in session.scalars(query):
        wait_s = min(resend_after_s * 2 ** (job.sends - 1), 3600.0)
        if job.sent_at is not None and job.sent_at < now() - timedelta(seconds=wait_s):
            _post(session, job)
            resent += 1
    return resent


def retry(session: Session, job: Job) -> None:
    """A person asks for a job that ended badly to be tried afresh, with all its attempts."""
    job.state, job.attempts, job.progress, job.stage = JobState.QUEUED, 0, 0.0, "waiting"
    job.claim = job.lease_until = job.finished_at = job.error_code = job.error_detail = None
    session.execute(
        update(DeadLetter)
        .where(DeadLetter.job_id == job.id, DeadLetter.resolved_at.is_(None))
        .values(resolved_at=now())
    )
    _post(session, job)
    _note(session, job, EventType.JOB_QUEUED)


class WorkerLostError(PlatformError):
    """The worker fell silent in the middle of a job."""

    code = "worker_lost"
    status = 503
    retryable = True

    def __init__(self) -> None:
        super().__init__("The worker stopped answering while it ran this job; the job is given to another.")


def _give_back(session: Session, job: Job, error: PlatformError, retry_delay_s: float) -> None:
    job.claim = job.lease_until = None
    job.error_code, job.error_detail = error.code, error.detail
    if job.attempts < job.max_attempts:
        job.state, job.stage = JobState.QUEUED, "waiting"
        _post(session, job, delay_s=retry_delay_s * 2 ** (job.attempts - 1))
        _note(session, job, EventType.JOB_QUEUED, error=error.code)
    else:
        _bury(session, job, error)


def _bury(session: Session, job: Job, error: PlatformError) -> None:
    job.state, job.stage, job.finished_at = JobState.FAILED, "failed", now()
    letter_id = uuid4()
    session.add(
        DeadLetter(
            id=letter_id,
            job_id=job.id,
            task=job.kind,
            queue=job.queue,
            payload=_message(job),
            attempts=job.attempts,
            error_code=error.code,
            error_detail=error.detail,
        )
    )
    _note(session, job, EventType.JOB_FAILED, error=error.code)
    _call(
        session,
        job,
        AlertLevel.CRITICAL,
        f"failed:{letter_id}",  # per dead letter: a retry that fails again must not be silent
        f"after {job.attempts} attempts ({error.code}): {error.detail}",
    )


def _call(session: Session, job: Job, level: AlertLevel, dedupe_key: str, why: str) -> None:
    """Call for a person where a job ends without the result that somebody waits for unseen."""
    if job.kind not in _MISSED:
        return
    code, words = _MISSED[JobKind(job.kind)]
    open_alert(
        session,
        dedupe_key=dedupe_key,
        level=level,
        code=code,
        message=f"{words} {why}",
        patient_id=job.patient_id,
        study_id=job.study_id,
        job_id=job.id,
    )


def _end(
    session: Session, job: ClaimedJob, state: JobState, event: EventType, error: PlatformError | None = None
) -> bool:
    values: dict[str, Any] = {
        "state": state,
        "stage": state.value,
        "finished_at": now(),
        "claim": None,
        "lease_until": None,
        "error_code": error.code if error else None,
        "error_detail": error.detail if error else None,
    }
    if state is JobState.SUCCEEDED:
        values["progress"] = 1.0
    if not _update_held(session, job, values):
        return False
    _note(
        session, session.get_one(Job, job.id, populate_existing=True), event, **({"error": error.code} if error else {})
    )
    return True


def _update_held(session: Session, job: ClaimedJob, values: dict[str, Any]) -> bool:
    held = (Job.id == job.id) & (Job.claim == job.claim) & (Job.state == JobState.RUNNING)
    return _rows_changed(session, update(Job).where(held).values(**values)) > 0


def _rows_changed(session: Session, statement: Update) -> int:
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def _message(job: Job) -> dict[str, Any]:
    return JobMessage(job_id=job.id, correlation_id=job.correlation_id).model_dump(mode="json")


def _post(session: Session, job: Job, delay_s: float = 0.0) -> None:
    available_at = now() + timedelta(seconds=delay_s)
    job.sent_at = None
    job.due_at = available_at if delay_s > 0 else None
    session.add(
        OutboxMessage(job_id=job.id, task=job.kind, queue=job.queue, payload=_message(job), available_at=available_at)
    )


def _note(session: Session, job: Job, event: EventType, **payload: Any) -> None:
    if job.kind in _QUIET and event in _ON_ITS_WAY:
        return
    note_event(
        session,
        event,
        patient_id=job.patient_id,
        study_id=job.study_id,
        job_id=job.id,
        payload={"kind": job.kind, **payload},
    )
