from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from shared.contracts.names import Queue
from shared.contracts.states import AlertState, JobState
from shared.database import jobs
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.jobs import ClaimedJob
from shared.database.tables import Alert, DeadLetter, Job, OutboxMessage
from shared.errors import InputRefusedError, TemporarilyUnavailableError
from tests.fixtures.care import add_job


def _claim(database: Database, job_id: UUID, lease_s: float = 30.0) -> ClaimedJob | None:
    return database.write(lambda session: jobs.claim(session, job_id, lease_s))


def _claimed(database: Database, job_id: UUID, lease_s: float = 30.0) -> ClaimedJob:
    claimed = _claim(database, job_id, lease_s)
    assert claimed is not None
    return claimed


def _job(database: Database, job_id: UUID) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def _messages(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_a_job_is_created_together_with_its_message(database: Database) -> None:
    job = add_job(database)
    assert _job(database, job.id).state == JobState.QUEUED
    assert _messages(database) == 1
    with database.reading() as session:
        assert jobs.waiting(session, (Queue.CT, Queue.CT_STAT)) == 1


def test_of_many_workers_with_the_same_message_one_gets_the_job(database: Database) -> None:
    job = add_job(database)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: _claim(database, job.id), range(8)))
    assert sum(claim is not None for claim in claims) == 1


def test_a_finished_job_cannot_be_claimed_again(database: Database) -> None:
    job = add_job(database)
    claimed = _claimed(database, job.id)
    assert database.write(lambda session: jobs.succeed(session, claimed))
    assert _claim(database, job.id) is None
    assert _job(database, job.id).progress == 1.0


def test_an_attempt_that_was_given_up_for_lost_changes_nothing_when_it_comes_back(database: Database) -> None:
    job = add_job(database)
    lost = _claimed(database, job.id, lease_s=-1.0)
    assert database.write(lambda session: jobs.requeue_expired(session, 0.0)) == 1
    second = _claimed(database, job.id)
    assert not database.write(lambda session: jobs.succeed(session, lost))
    assert not database.write(lambda session: jobs.extend_lease(session, lost, 30.0))
    assert not database.write(lambda session: jobs.report_progress(session, lost, 0.5, "late"))
    assert not database.write(lambda session: jobs.fail_attempt(session, lost, TemporarilyUnavailableError("x"), 0))
    assert database.write(lambda session: jobs.succeed(session, second))
    assert _job(database, job.id).attempts == 2


def test_a_living_attempt_is_not_given_up(database: Database) -> None:
    job = add_job(database)
    claimed = _claimed(database, job.id, lease_s=-1.0)
    assert database.write(lambda session: jobs.extend_lease(session, claimed, 30.0))
    assert database.write(lambda session: jobs.requeue_expired(session, 0.0)) == 0


def test_after_the_last_attempt_comes_one_dead_letter_and_one_alert(database: Database) -> None:
    job = add_job(database, max_attempts=3)
    for attempt in range(1, 4):
        claimed = _claimed(database, job.id)
        assert claimed.attempt == attempt
        error = TemporarilyUnavailableError("The scanner sulks.")
        assert database.write(lambda session, c=claimed, e=error: jobs.fail_attempt(session, c, e, 0.0))
    assert _claim(database, job.id) is None
    failed = _job(database, job.id)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "temporarily_unavailable")
    with database.reading() as session:
        assert [letter.attempts for letter in session.scalars(select(DeadLetter))] == [3]
        assert [alert.state for alert in session.scalars(select(Alert))] == [AlertState.OPEN]


def test_a_worker_that_dies_every_time_ends_in_the_dead_letters_too(database: Database) -> None:
    job = add_job(database, max_attempts=2)
    for _ in range(2):
        _claimed(database, job.id, lease_s=-1.0)
        assert database.write(lambda session: jobs.requeue_expired(session, 0.0)) == 1
    assert _job(database, job.id).error_code == "worker_lost"
    assert _job(database, job.id).state == JobState.FAILED


def test_a_refused_input_is_stored_with_its_reason_and_alerted(database: Database) -> None:
    job = add_job(database)
    claimed = _claimed(database, job.id)
    error = InputRefusedError("Slice 3 has no pixels; send the series again.")
    assert database.write(lambda session: jobs.refuse(session, claimed, error))
    refused = _job(database, job.id)
    assert (refused.state, refused.error_code, refused.error_detail) == (JobState.REFUSED, error.code, error.detail)
    with database.reading() as session:
        assert session.scalar(select(Alert.code)) == "study_not_analysed"


def test_a_retry_gives_a_failed_job_all_its_attempts_and_resolves_its_dead_letter(database: Database) -> None:
    job = add_job(database, max_attempts=1)
    claimed = _claimed(database, job.id)
    database.write(lambda session: jobs.fail_attempt(session, claimed, TemporarilyUnavailableError("x"), 0.0))
    database.write(lambda session: jobs.retry(session, session.get_one(Job, job.id)))
    assert _claimed(database, job.id).attempt == 1
    with database.reading() as session:
        assert session.scalar(select(DeadLetter.resolved_at)) is not None


def test_a_retry_that_ends_badly_again_calls_for_a_person_again(database: Database) -> None:
    job = add_job(database, max_attempts=1)
    for _ in range(2):
        failed = _claimed(database, job.id)
        database.write(lambda session, c=failed: jobs.fail_attempt(session, c, TemporarilyUnavailableError("x"), 0.0))
        database.write(lambda session: jobs.retry(session, session.get_one(Job, job.id)))
    for _ in range(2):
        refused = _claimed(database, job.id)
        database.write(lambda session, c=refused: jobs.refuse(session, c, InputRefusedError("Not a head.")))
        database.write(lambda session: jobs.retry(session, session.get_one(Job, job.id)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 4


def test_a_message_that_the_broker_lost_is_sent_again_but_ever_less_often(database: Database) -> None:
    add_job(database)
    for sends, seconds_ago, resent in [(1, 50, 0), (1, 61, 1), (3, 200, 0), (3, 241, 1), (30, 3601, 1)]:
        values = {"sends": sends, "sent_at": now() - timedelta(seconds=seconds_ago)}
        database.write(lambda session, v=values: session.execute(update(Job).values(**v)))
        assert database.write(lambda session: jobs.resend_untaken(session, 60.0)) == resent, (sends, seconds_ago)
