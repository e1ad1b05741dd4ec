"""Real processes are killed, stopped and lied to; each job still ends once, with one finding or one dead letter."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.contracts.messages import JobMessage
from shared.contracts.names import JobKind, Queue
from shared.database.engine import Database
from shared.database.tables import Alert, DeadLetter, Finding, Job
from shared.queueing.broker import send, sender_app
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis, wait_until
from tests.fixtures.studies import bleeding_head_zip, small_head_zip


@pytest.fixture
def platform(mariadb: PrivateMariaDb, private_redis: PrivateRedis, tmp_path: Path) -> Iterator[PlatformProcesses]:
    """Database, broker and gateway; each test starts the workers itself."""
    processes = PlatformProcesses(tmp_path / "platform", mariadb.fresh_database(), private_redis.url)
    processes.prepare()
    processes.start_gateway()
    yield processes
    processes.stop_all()


@pytest.fixture
def client(platform: PlatformProcesses) -> PlatformClient:
    return platform.client()


@pytest.fixture
def rows(platform: PlatformProcesses) -> Iterator[Database]:
    """The platform's database, to look behind the interface."""
    database = Database(platform.database_url)
    yield database
    database.close()


def _count(rows: Database, table: Any) -> int:
    with rows.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_worker_killed_in_mid_job_costs_an_attempt_and_nothing_else(
    platform: PlatformProcesses, client: PlatformClient, rows: Database
) -> None:
    worker = platform.start_worker()
    job = client.submit([("study.zip", bleeding_head_zip())])
    wait_until(lambda: 0.05 < client.job(job["id"])["progress"] < 0.9, "the job is in its middle")
    platform.kill(worker)
    assert client.job(job["id"])["state"] == "running"
    platform.start_worker()
    ended = client.wait_for(job["id"])
    assert (ended["state"], ended["attempts"]) == ("succeeded", 2)
    assert _count(rows, Finding) == 1


def test_a_redis_that_stops_and_starts_between_post_and_run_loses_no_job(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    before = client.submit([("study.zip", small_head_zip())])
    wait_until(lambda: _sent(rows), "the message is with the broker")
    private_redis.stop()
    during = client.submit([("study.zip", small_head_zip())])
    private_redis.start()
    platform.start_worker()
    for job in (before, during):
        assert client.wait_for(job["id"])["attempts"] == 1
    assert _count(rows, Finding) == 2


def test_a_redis_that_forgets_everything_loses_no_job(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    job = client.submit([("study.zip", small_head_zip())])
    wait_until(lambda: _sent(rows), "the message is with the broker")
    private_redis.forget()
    platform.start_worker()
    client.wait_for(job["id"])
    assert _count(rows, Finding) == 1


def test_a_worker_outlives_its_broker(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis
) -> None:
    platform.start_worker()
    client.wait_for(client.submit([("study.zip", small_head_zip())])["id"])
    private_redis.stop()
    private_redis.start()
    client.wait_for(client.submit([("study.zip", small_head_zip())])["id"])


def test_the_same_message_delivered_again_and_again_gives_one_finding(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    job = client.submit([("study.zip", small_head_zip())])
    sender = sender_app(private_redis.url)
    message = JobMessage(job_id=job["id"], correlation_id="again").model_dump(mode="json")
    for _ in range(4):
        send(sender, task=JobKind.CT_SEGMENT, queue=Queue.CT, payload=message)
    platform.start_worker()
    platform.start_worker()
    client.wait_for(job["id"])
    send(sender, task=JobKind.CT_SEGMENT, queue=Queue.CT, payload=message)
    last = client.submit([("study.zip", small_head_zip())])
    client.wait_for(last["id"])
    assert _count(rows, Finding) == 2
    assert client.job(job["id"])["attempts"] == 1


def test_poison_is_tried_as_often_as_allowed_then_buried_with_an_alert_and_the_worker_lives(
    platform: PlatformProcesses, client: PlatformClient, rows: Database
) -> None:
    poisoned = client.submit([("study.zip", bleeding_head_zip())])
    for stored in (platform.artifacts / "sha256").rglob("*"):
        if stored.is_file():
            stored.unlink()  # the database names a study that the store has lost
    worker = platform.start_worker()
    buried = client.wait_for(poisoned["id"])
    assert (buried["state"], buried["attempts"]) == ("failed", buried["max_attempts"])
    assert buried["error"]["code"] == "artifact_missing"
    assert (_count(rows, DeadLetter), _count(rows, Alert)) == (1, 1)
    healthy = client.submit([("study.zip", small_head_zip())])
    client.wait_for(healthy["id"])
    assert worker.poll() is None


def test_poison_that_kills_its_worker_is_buried_too(
    platform: PlatformProcesses, client: PlatformClient, rows: Database
) -> None:
    job = client.submit([("study.zip", small_head_zip())])
    for _ in range(job["max_attempts"]):
        worker = platform.start_worker("tests.fixtures.dying_worker")
        worker.wait(60)
    buried = client.wait_for(job["id"])
    assert (buried["state"], buried["error"]["code"]) == ("failed", "worker_lost")
    assert _count(rows, DeadLetter) == 1


def _sent(rows: Database) -> bool:
    with rows.reading() as session:
        return session.scalar(select(Job.sent_at).order_by(Job.created_at).limit(1)) is not None
