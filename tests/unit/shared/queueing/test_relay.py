import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from queue import Empty
from typing import Any

import pytest
from celery import Celery
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from shared.artifacts.store import ArtifactStore
from shared.contracts.names import JobKind, Priority, Queue
from shared.contracts.risk import RiskReport
from shared.database import jobs
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import Job, OutboxMessage, WhatIf
from shared.queueing.relay import Relay
from shared.settings import Settings
from tests.fixtures.care import add_job, add_patient
from tests.fixtures.risk import RiskPatient, RiskWorker, a_bleed
from tests.fixtures.servers import free_port


def _relay(database: Database, artifacts: ArtifactStore, broker_url: str) -> Relay:
    return Relay(database, artifacts, Settings(broker_url=broker_url, job_retry_delay_s=0.0))


@pytest.fixture(params=["memory", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else request.getfixturevalue("shared_redis").url


def _drain(broker_url: str, queue: Queue) -> list[dict[str, Any]]:
    """What lies in the queue, as another Celery application reads it."""
    bodies = []
    with Celery(broker=broker_url, set_as_current=False).connection() as connection, connection.channel() as channel:
        simple = connection.SimpleQueue(queue.value, channel=channel)
        with contextlib.suppress(Empty):
            while True:
                message = simple.get(block=False)
                message.ack()
                bodies.append(message.payload[1])
        simple.close()
    return bodies


def test_a_message_reaches_the_broker_once_and_is_marked(
    database: Database, artifacts: ArtifactStore, broker_url: str
) -> None:
    relay = _relay(database, artifacts, broker_url)
    _drain(broker_url, Queue.CT)
    job = add_job(database)
    relay.send_due()
    relay.send_due()
    assert [body["job_id"] for body in _drain(broker_url, Queue.CT)] == [str(job.id)]
    with database.reading() as session:
        row = session.get_one(Job, job.id)
        assert row.sends == 1
        assert row.sent_at is not None


def test_several_relays_send_each_message_once(database: Database, artifacts: ArtifactStore, broker_url: str) -> None:
    _drain(broker_url, Queue.CT)
    wanted = sorted(str(add_job(database).id) for _ in range(20))
    relays = [_relay(database, artifacts, broker_url) for _ in range(4)]
    _together([relay.send_due for relay in relays])
    assert sorted(body["job_id"] for body in _drain(broker_url, Queue.CT)) == wanted


def test_while_the_broker_is_away_messages_wait_and_then_go(
    database: Database, artifacts: ArtifactStore, broker_url: str
) -> None:
    job = add_job(database)
    away = _relay(database, artifacts, f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Exception, match="refused"):
        away.send_due()
    with database.reading() as session:
        assert session.scalar(select(OutboxMessage.sent_at)) is None
    _drain(broker_url, Queue.CT)
    _relay(database, artifacts, broker_url).send_due()
    assert [body["job_id"] for body in _drain(broker_url, Queue.CT)] == [str(job.id)]


def test_a_delayed_message_is_not_sent_early(database: Database, artifacts: ArtifactStore, broker_url: str) -> None:
    _drain(broker_url, Queue.CT)
    add_job(database)
    later = now() + timedelta(hours=1)
    database.write(lambda session: session.execute(update(OutboxMessage).values(available_at=later)))
    _relay(database, artifacts, broker_url).send_due()
    assert _drain(broker_url, Queue.CT) == []


def test_the_job_of_a_silent_worker_is_sent_again(
    database: Database, artifacts: ArtifactStore, broker_url: str
) -> None:
    relay = _relay(database, artifacts, broker_url)
    _drain(broker_url, Queue.CT)
    job = add_job(database)
    relay.send_due()
    assert database.write(lambda session: jobs.claim(session, job.id, -1.0)) is not None
    relay.watch()
    relay.send_due()
    assert len(_drain(broker_url, Queue.CT)) == 2


def test_the_gauges_show_what_waits(database: Database, artifacts: ArtifactStore) -> None:
    for _ in range(3):
        add_job(database)
    _relay(database, artifacts, "memory://").count()
    assert REGISTRY.get_sample_value("dhn_jobs_waiting", {"queue": "ct"}) == 3
    assert REGISTRY.get_sample_value("dhn_jobs_waiting", {"queue": "ct.stat"}) == 0
    assert REGISTRY.get_sample_value("dhn_outbox_waiting") == 3


def test_what_rests_on_purpose_is_not_counted_as_waiting(database: Database, artifacts: ArtifactStore) -> None:
    patient = add_patient(database)
    database.write(
        lambda session: jobs.enqueue(
            session,
            JobKind.RISK_ASSESS,
            Priority.STAT,
            patient_id=patient,
            max_attempts=1,
            delay_s=60,
        )
    )
    _relay(database, artifacts, "memory://").count()
    assert REGISTRY.get_sample_value("dhn_jobs_waiting", {"queue": "risk"}) == 0
    database.write(lambda session: session.execute(update(Job).values(due_at=now() - timedelta(seconds=5))))
    _relay(database, artifacts, "memory://").count()
    assert REGISTRY.get_sample_value("dhn_jobs_waiting", {"queue": "risk"}) == 1
    assert 5 <= (REGISTRY.get_sample_value("dhn_jobs_oldest_waiting_seconds", {"queue": "risk"}) or 0) < 60


def test_the_gauges_hold_predictions_against_what_came(database: Database, artifacts: ArtifactStore) -> None:
    patient, worker = RiskPatient(database), RiskWorker(database, artifacts)
    patient.scanned(a_bleed(20, patient.ago(hours=2)))
    worker.run(patient.request())
    patient.scanned(a_bleed(40, patient.ago(minutes=10)))
    worker.run(patient.request())
    _relay(database, artifacts, "memory://").compare()
    predicted = REGISTRY.get_sample_value("dhn_expansion_predicted_ratio", {"band": "all"})
    assert predicted == pytest.approx(RiskReport.model_validate(patient.risks()[0].report).expansion.probability)
    assert REGISTRY.get_sample_value("dhn_expansion_judged", {"band": "all"}) == 1
    assert REGISTRY.get_sample_value("dhn_expansion_seen_ratio", {"band": "all", "bound": "value"}) == 1


def test_cleaning_forgets_questions_that_nobody_waits_for(database: Database, artifacts: ArtifactStore) -> None:
    patient = RiskPatient(database)
    old, fresh = patient.ask({}), patient.ask({})
    gone = update(WhatIf).where(WhatIf.job_id == old).values(expires_at=now() - timedelta(seconds=1))
    database.write(lambda session: session.execute(gone))
    _relay(database, artifacts, "memory://").clean()
    with database.reading() as session:
        assert session.scalars(select(WhatIf.job_id)).all() == [fresh]


def test_cleaning_removes_old_sent_messages_and_keeps_unsent_ones(database: Database, artifacts: ArtifactStore) -> None:
    sent, unsent = add_job(database), add_job(database)
    month_ago = now() - timedelta(days=31)
    database.write(
        lambda session: session.execute(
            update(OutboxMessage).where(OutboxMessage.job_id == sent.id).values(sent_at=month_ago, created_at=month_ago)
        )
    )
    _relay(database, artifacts, "memory://").clean()
    with database.reading() as session:
        assert session.scalars(select(OutboxMessage.job_id)).all() == [unsent.id]


def _together(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
