import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.artifacts.store import ArtifactStore
from shared.contracts.names import JobKind
from shared.contracts.states import JobState
from shared.database import jobs
from shared.database.engine import Database
from shared.database.tables import DeadLetter, Finding, Job
from shared.errors import InputRefusedError
from shared.queueing.runner import JobRunner, RunningJob, WriteResult
from shared.settings import Settings
from tests.fixtures.care import add_job


def _finding(running: RunningJob) -> WriteResult:
    def write(session: Session) -> None:
        session.add(
            Finding(
                id=uuid4(),
                job_id=running.job.id,
                patient_id=running.job.patient_id,
                study_id=running.job.study_id,
                kind="test",
                model_name="test",
                model_version="1",
                report={},
                artifacts={},
            )
        )

    return write


@pytest.fixture
def runner(database: Database, artifacts: ArtifactStore) -> JobRunner:
    return JobRunner(database, artifacts, Settings(job_lease_s=0.6, job_deadline_s=0.5, job_retry_delay_s=0.0))


def _run(runner: JobRunner, job_id: UUID, handler: Callable[[RunningJob], WriteResult]) -> Job:
    runner.run({"job_id": str(job_id), "correlation_id": "test"}, JobKind.CT_SEGMENT, handler)
    with runner.database.reading() as session:
        return session.get_one(Job, job_id)


def _findings(runner: JobRunner) -> int:
    with runner.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Finding)) or 0


def test_a_job_that_ends_well_writes_its_result_and_its_state_together(runner: JobRunner) -> None:
    job = _run(runner, add_job(runner.database).id, _finding)
    assert (job.state, _findings(runner)) == (JobState.SUCCEEDED, 1)


def test_the_same_message_twice_has_one_effect(runner: JobRunner) -> None:
    job_id = add_job(runner.database).id
    for _ in range(3):
        _run(runner, job_id, _finding)
    assert _findings(runner) == 1


def test_an_unknown_exception_costs_an_attempt_and_its_text_is_not_stored(runner: JobRunner) -> None:
    def handler(_: RunningJob) -> WriteResult:
        raise ValueError("Mrs Phantom, born 1950")

    job = _run(runner, add_job(runner.database).id, handler)
    assert (job.state, job.error_code) == (JobState.QUEUED, "unexpected_error")
    assert "Phantom" not in (job.error_detail or "")


def test_poison_ends_in_the_dead_letters_and_the_runner_goes_on(runner: JobRunner) -> None:
    def poison(_: RunningJob) -> WriteResult:
        raise RuntimeError

    poisoned = add_job(runner.database, max_attempts=3).id
    for _ in range(5):
        _run(runner, poisoned, poison)
    with runner.database.reading() as session:
        assert session.scalars(select(DeadLetter.attempts)).all() == [3]
    assert _run(runner, add_job(runner.database).id, _finding).state == JobState.SUCCEEDED


def test_a_refused_input_is_not_tried_again(runner: JobRunner) -> None:
    def refuse(_: RunningJob) -> WriteResult:
        raise InputRefusedError("This is a knee; send a head.")

    job = _run(runner, add_job(runner.database).id, refuse)
    assert (job.state, job.attempts, job.error_detail) == (JobState.REFUSED, 1, "This is a knee; send a head.")


def test_a_result_that_cannot_be_written_leaves_the_job_to_be_tried_again(runner: JobRunner) -> None:
    def handler(_: RunningJob) -> WriteResult:
        def write(_: Session) -> None:
            raise RuntimeError("half way")

        return write

    job = _run(runner, add_job(runner.database).id, handler)
    assert (job.state, _findings(runner)) == (JobState.QUEUED, 0)


def test_a_job_past_its_deadline_stops_at_its_next_report(runner: JobRunner) -> None:
    def slow(running: RunningJob) -> WriteResult:
        while True:
            time.sleep(0.05)
            running.report(0.5, "slow")

    job = _run(runner, add_job(runner.database).id, slow)
    assert (job.state, job.error_code) == (JobState.QUEUED, "deadline_exceeded")


def test_the_heartbeat_keeps_a_silent_but_living_job_from_being_given_away(runner: JobRunner) -> None:
    def silent(running: RunningJob) -> WriteResult:
        time.sleep(3 * runner.settings.job_lease_s)
        assert runner.database.write(lambda session: jobs.requeue_expired(session, 0.0)) == 0
        return _finding(running)

    assert _run(runner, add_job(runner.database).id, silent).state == JobState.SUCCEEDED


def test_a_job_that_was_given_to_another_stops_and_writes_nothing(runner: JobRunner) -> None:
    def overtaken(running: RunningJob) -> WriteResult:
        def take_away(session: Session) -> None:
            session.get_one(Job, running.job.id).claim = uuid4()

        runner.database.write(take_away)
        return _finding(running)

    job = _run(runner, add_job(runner.database).id, overtaken)
    assert (job.state, _findings(runner)) == (JobState.RUNNING, 0)
