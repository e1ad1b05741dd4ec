"""Runs one job for one message: claim, heartbeat, work, one transaction at the end.

Whatever happens in between — a duplicate message, an exception, a lost lease — the job ends in exactly one state and
its result is written at most once.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.artifacts.store import ArtifactStore
from shared.contracts.messages import JobMessage
from shared.contracts.names import JobKind
from shared.database import jobs
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.jobs import ClaimedJob
from shared.database.tables import Job
from shared.errors import PlatformError, TemporarilyUnavailableError
from shared.observability import metrics
from shared.observability.correlation import correlated
from shared.observability.logs import logger
from shared.settings import Settings

log = logger(__name__)

# Progress is a row write and an event for every browser: more often than this helps nobody.
_REPORT_EVERY_S = 0.5


class DeadlineExceededError(TemporarilyUnavailableError):
    """The job ran longer than it may."""

    code = "deadline_exceeded"


class LeaseLostError(TemporarilyUnavailableError):
    """The attempt was given up for lost while it ran; its result is not wanted any more."""

    code = "lease_lost"


class UnexpectedError(PlatformError):
    """A fault of ours. Only the exception's name is stored: its text might hold patient data."""

    code = "unexpected_error"


class RunningJob:
    """One attempt at a job: what it may use, and where it says how far it is."""

    def __init__(self, job: ClaimedJob, database: Database, artifacts: ArtifactStore, settings: Settings) -> None:
        self.job = job
        self.database = database
        self.artifacts = artifacts
        self.settings = settings
        self.started_s = time.monotonic()
        self.lost = Event()
        self._reported_s = float("-inf")
        self._stage = ""

    def report(self, progress: float, stage: str) -> None:
        """Say how far the attempt is, 0 to 1. Raises DeadlineExceededError and LeaseLostError: let them pass."""
        if time.monotonic() - self.started_s > self.settings.job_deadline_s:
            limit = self.settings.job_deadline_s
            raise DeadlineExceededError(f"The job ran longer than {limit:.0f} s in stage {stage!r}.")
        if self.lost.is_set():
            raise LeaseLostError("Another worker has taken over this job.")
        if stage == self._stage and time.monotonic() - self._reported_s < _REPORT_EVERY_S:
            return
        self._reported_s, self._stage = time.monotonic(), stage
        if not self.database.write(lambda session: jobs.report_progress(session, self.job, progress, stage)):
            self.lost.set()


# What a handler returns: writes the result into the transaction that ends the job.
WriteResult = Callable[[Session], None]
Handler = Callable[[RunningJob], WriteResult]


class JobRunner:
    """Runs jobs one after the other for one worker process."""

    def __init__(self, database: Database, artifacts: ArtifactStore, settings: Settings) -> None:
        self.database = database
        self.artifacts = artifacts
        self.settings = settings
        self.current: RunningJob | None = None
        self.last_active_s = time.monotonic()
        self._one_at_a_time = Lock()

    def run(self, message: dict[str, Any], kind: JobKind, handler: Handler) -> None:
        """Run the job that the message names, unless it is done or someone else has it."""
        request = JobMessage.model_validate(message)
        with correlated(request.correlation_id), self._one_at_a_time:
            self.last_active_s = time.monotonic()
            claimed = self.database.write(
                lambda session: jobs.claim(session, request.job_id, self.settings.job_lease_s)
            )
            if claimed is None:
                metrics.JOB_ATTEMPTS.labels(kind, "nothing_to_do").inc()
                return
            try:
                self._attempt(claimed, kind, handler)
            finally:
                self.current = None
                self.last_active_s = time.monotonic()

    def _attempt(self, claimed: ClaimedJob, kind: JobKind, handler: Handler) -> None:
        running = self.current = RunningJob(claimed, self.database, self.artifacts, self.settings)
        if claimed.attempt == 1:
            self._observe_wait(claimed, kind)
        log.info("job_started", job_id=str(claimed.id), kind=kind, attempt=claimed.attempt)
        with metrics.JOBS_RUNNING.labels(kind).track_inprogress(), self._heartbeat(running):
            try:
                write_result = handler(running)
                self.database.write(lambda session: _end_well(session, claimed, write_result))
                outcome = "succeeded"
            except Exception as error:
                outcome = self._end_badly(claimed, error)
        seconds = time.monotonic() - running.started_s
        metrics.JOB_SECONDS.labels(kind).observe(seconds)
        metrics.JOB_ATTEMPTS.labels(kind, outcome).inc()
        log.info("job_ended", job_id=str(claimed.id), kind=kind, outcome=outcome, seconds=round(seconds, 2))

    def _end_badly(self, claimed: ClaimedJob, error: Exception) -> str:
        if isinstance(error, LeaseLostError):
            return "lease_lost"
        failure = error if isinstance(error, PlatformError) else _unexpected(claimed, error)
        if not failure.retryable and failure.status < 500:
            self.database.write(lambda session: jobs.refuse(session, claimed, failure))
            return "refused"
        delay_s = self.settings.job_retry_delay_s
        self.database.write(lambda session: jobs.fail_attempt(session, claimed, failure, delay_s))
        return "failed"

    def _observe_wait(self, claimed: ClaimedJob, kind: JobKind) -> None:
        with self.database.reading() as session:
            created_at = session.scalar(select(Job.created_at).where(Job.id == claimed.id))
        if created_at is not None:
            metrics.JOB_WAIT_SECONDS.labels(kind).observe((now() - created_at).total_seconds())

    @contextmanager
    def _heartbeat(self, running: RunningJob) -> Iterator[None]:
        """Extend the lease from a thread while the work goes on; note when it was lost."""
        done = Event()
        lease_s = self.settings.job_lease_s

        def beat() -> None:
            while not done.wait(lease_s / 3):
                try:
                    held = self.database.write(lambda session: jobs.extend_lease(session, running.job, lease_s))
                except Exception as error:  # the database may be away for a moment; the lease says for how long
                    log.warning("heartbeat_failed", error=type(error).__name__)
                    continue
                if not held:
                    running.lost.set()
                    return

        thread = Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _unexpected(claimed: ClaimedJob, error: Exception) -> UnexpectedError:
    log.error("job_attempt_failed", job_id=str(claimed.id), exc_info=error)
    return UnexpectedError(f"The worker met {type(error).__name__}; see its log under the correlation id.")


def _end_well(session: Session, claimed: ClaimedJob, write_result: WriteResult) -> None:
    if not jobs.succeed(session, claimed):
        raise LeaseLostError("Another worker has taken over this job.")
    write_result(session)
