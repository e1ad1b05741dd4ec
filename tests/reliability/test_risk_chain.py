"""Finding, vital signs and behaviour raise the risk and call once: under doubled messages, kills and restarts."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.contracts.messages import JobMessage
from shared.contracts.names import JobKind, Queue
from shared.contracts.states import EventType, JobState
from shared.database.engine import Database
from shared.database.tables import Alert, Event, ExpansionOutcome, Job, RiskScore, RiskState
from shared.queueing.broker import send, sender_app
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.risk import RiskPatient, a_bleed
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis, wait_until
from tests.fixtures.studies import bleeding_head_zip

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


@pytest.fixture
def platform(mariadb: PrivateMariaDb, private_redis: PrivateRedis, tmp_path: Path) -> Iterator[PlatformProcesses]:
    """Database, broker and gateway; each test starts the workers itself."""
    processes = PlatformProcesses(tmp_path / "platform", mariadb.fresh_database(), private_redis.url, risk_pause_s="0")
    processes.prepare()
    processes.start_gateway()
    yield processes
    processes.stop_all()


@pytest.fixture
def client(platform: PlatformProcesses) -> PlatformClient:
    return platform.client()


@pytest.fixture
def rows(platform: PlatformProcesses) -> Iterator[Database]:
    database = Database(platform.database_url)
    yield database
    database.close()


def scorer(platform: PlatformProcesses) -> Any:
    return platform.start_worker("services.risk_scoring")


def alerts_of_the_risk(rows: Database) -> list[tuple[str, str]]:
    with rows.reading() as session:
        query = select(Alert.level, Alert.code).where(Alert.code.startswith("stroke_risk")).order_by(Alert.created_at)
        return [(level, code) for level, code in session.execute(query)]


def assessments(rows: Database) -> Counter[str]:
    with rows.reading() as session:
        return Counter(session.scalars(select(Job.state).where(Job.kind == JobKind.RISK_ASSESS)))


def is_red(rows: Database) -> bool:
    with rows.reading() as session:
        return any(state["level"] == "red" for state in session.scalars(select(RiskState.state)))


def hold_exactly_once(rows: Database) -> None:
    """Each assessment that succeeded has written one risk and told it once."""
    with rows.reading() as session:
        jobs = session.scalars(select(RiskScore.job_id)).all()
        told = session.scalar(select(func.count()).where(Event.type == EventType.RISK_CREATED))
    assert len(jobs) == len(set(jobs)) == told == assessments(rows)[JobState.SUCCEEDED]


def duplicate(broker: PrivateRedis, rows: Database, times: int) -> None:
    """Send the messages of all assessments that there are again, as a broker may."""
    with rows.reading() as session:
        ids = session.scalars(select(Job.id).where(Job.kind == JobKind.RISK_ASSESS)).all()
    sender = sender_app(broker.url)
    for job_id in list(ids) * times:
        message = JobMessage(job_id=job_id, correlation_id="again").model_dump(mode="json")
        send(sender, task=JobKind.RISK_ASSESS, queue=Queue.RISK, payload=message)


def test_the_whole_chain_calls_once_though_messages_double_and_the_worker_is_killed(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    now = datetime.now(UTC)
    onset = (now - timedelta(hours=2)).isoformat()
    patient = client.add_patient(birth_date="1950-03-01", sex="male", onset_at=onset, history={"premorbid_mrs": 0})
    platform.start_worker()
    worker = scorer(platform)
    job = client.submit([("study.zip", bleeding_head_zip())], "stat", patient["id"])
    assert client.wait_for(job["id"])["state"] == "succeeded"
    wait_until(lambda: bool(client.risks(patient["id"])), "the finding is assessed")
    calm = client.risks(patient["id"])[0]
    assert calm["expansion"] is not None
    assert alerts_of_the_risk(rows) == []

    platform.kill(worker)  # what comes now waits, is doubled by the broker, and meets two workers at once
    client.measure(patient["id"], now, (SYSTOLIC, 230, "mm[Hg]"), (DIASTOLIC, 120, "mm[Hg]"))
    client.see(patient["id"], "face_droop", now - timedelta(seconds=10), now)
    duplicate(private_redis, rows, times=3)
    pair = [scorer(platform), scorer(platform)]
    wait_until(lambda: is_red(rows), "the level is red")
    duplicate(private_redis, rows, times=3)
    for worker in pair:
        platform.kill(worker)
    scorer(platform)
    for second in range(1, 4):  # the sign goes on, the level stays
        client.see(patient["id"], "face_droop", now - timedelta(seconds=10), now + timedelta(seconds=second))
        last = client.http.post(f"/patients/{patient['id']}/risks").json()
        client.wait_for(last["id"])

    assert client.risks(patient["id"])[0]["score"] > calm["score"]
    assert client.risks(patient["id"])[0]["level"] == "red"
    assert alerts_of_the_risk(rows) == [("critical", "stroke_risk_raised")]
    hold_exactly_once(rows)
    assert not assessments(rows)[JobState.FAILED]


def test_a_broker_that_forgets_costs_no_assessment(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    patient = client.add_patient()
    now = datetime.now(UTC)
    client.see(patient["id"], "face_droop", now - timedelta(seconds=10), now)
    client.see(patient["id"], "arm_drift", now - timedelta(seconds=10), now)
    wait_until(lambda: sent(rows), "the message is with the broker")
    private_redis.forget()
    scorer(platform)
    wait_until(lambda: is_red(rows), "the assessment is sent again")
    assert alerts_of_the_risk(rows) == [("critical", "stroke_risk_raised")]
    hold_exactly_once(rows)


def test_many_senders_at_once_get_few_assessments_that_miss_nothing(
    platform: PlatformProcesses, client: PlatformClient, rows: Database
) -> None:
    """Vital signs of one patient while two workers assess: no deadlock shows, and no value is missed."""
    patient = client.add_patient()
    start = datetime.now(UTC) - timedelta(seconds=30)
    for _ in range(2):
        scorer(platform)
    for second in range(30):
        client.measure(patient["id"], start + timedelta(seconds=second), ("8867-4", 60 + second, "/min"))
    wait_until(lambda: not assessments(rows)[JobState.QUEUED] + assessments(rows)[JobState.RUNNING], "all are done")
    report = client.risk(client.risks(patient["id"])[0]["id"])["report"]
    facts = {fact["name"]: fact["value"] for fact in report["facts"] if fact["when"] == "present"}
    assert facts["pulse_per_min"] == 89
    assert set(assessments(rows)) == {JobState.SUCCEEDED}
    hold_exactly_once(rows)


def test_what_became_of_a_prediction_is_recorded_once_whatever_is_repeated(
    platform: PlatformProcesses, client: PlatformClient, private_redis: PrivateRedis, rows: Database
) -> None:
    patient = RiskPatient(rows)
    patient.scanned(a_bleed(20, patient.ago(hours=2)))
    worker = scorer(platform)

    def assess() -> None:
        client.wait_for(client.http.post(f"/patients/{patient.id}/risks").json()["id"])

    assess()
    patient.scanned(a_bleed(40, patient.ago(minutes=10)))
    assess()
    duplicate(private_redis, rows, times=3)
    platform.kill(worker)
    scorer(platform)
    assess()
    with rows.reading() as session:
        seen = session.scalars(select(ExpansionOutcome.expanded)).all()
    assert seen == ["yes"]
    told = client.http.get("/risks/calibration").json()
    assert (told["overall"]["count"], told["overall"]["seen"]["value"]) == (1, 1)
    hold_exactly_once(rows)


def sent(rows: Database) -> bool:
    with rows.reading() as session:
        return session.scalar(select(Job.sent_at).where(Job.kind == JobKind.RISK_ASSESS)) is not None
