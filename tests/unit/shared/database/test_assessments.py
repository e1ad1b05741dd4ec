"""Asking for an assessment: one waits for all that comes before it starts, and nothing is missed."""

from threading import Thread
from uuid import UUID, uuid4

from sqlalchemy import func, select

from shared.contracts.names import JobKind, Priority, Queue
from shared.contracts.states import JobState
from shared.database import jobs
from shared.database.assessments import request_assessment
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import Alert, Job, OutboxMessage, RiskScore
from shared.errors import InputRefusedError
from tests.fixtures.care import add_patient

LEASE_S = 30.0


def ask(database: Database, patient_id: UUID, pause_s: float = 0.0) -> UUID:
    return database.write(lambda session: request_assessment(session, patient_id, max_attempts=3, pause_s=pause_s).id)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_whoever_asks_while_one_waits_gets_that_one(database: Database) -> None:
    patient = add_patient(database)
    assert ask(database, patient) == ask(database, patient)
    assert (count(database, Job), count(database, OutboxMessage)) == (1, 1)


def test_each_patient_has_one_of_their_own(database: Database) -> None:
    first, second = add_patient(database), add_patient(database)
    assert ask(database, first) != ask(database, second)
    with database.reading() as session:
        found = session.scalars(select(Job)).all()
    assert {(job.kind, job.queue) for job in found} == {(JobKind.RISK_ASSESS, Queue.RISK)}


def test_one_that_has_begun_may_have_read_already_and_is_not_enough(database: Database) -> None:
    patient = add_patient(database)
    begun = ask(database, patient)
    assert database.write(lambda session: jobs.claim(session, begun, LEASE_S)) is not None
    assert ask(database, patient) != begun


def test_a_worker_cannot_begin_before_the_asker_has_committed(database: Database) -> None:
    patient = add_patient(database)
    queued = ask(database, patient)
    order: list[str] = []

    def claim() -> None:
        database.write(lambda session: jobs.claim(session, queued, LEASE_S))
        order.append("begun")

    worker = Thread(target=claim)
    with database.transaction() as session:
        request_assessment(session, patient, max_attempts=3)
        worker.start()
        worker.join(0.3)  # long enough to begin, were it allowed to
        order.append("committing")
    worker.join()
    assert order == ["committing", "begun"]


def test_askers_at_the_same_time_share_one(database: Database) -> None:
    patient = add_patient(database)
    askers = [Thread(target=ask, args=(database, patient)) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert count(database, Job) == 1


def add_risk(database: Database, patient_id: UUID) -> None:
    with database.transaction() as session:
        session.add(
            RiskScore(id=uuid4(), patient_id=patient_id, kind="k", model_name="m", model_version="1", report={})
        )


def test_what_only_asks_for_a_rest_waits_since_the_last_assessment(database: Database) -> None:
    patient = add_patient(database)
    add_risk(database, patient)
    ask(database, patient, pause_s=30)
    with database.reading() as session:
        (message,) = session.scalars(select(OutboxMessage)).all()
    assert 25 < (message.available_at - now()).total_seconds() <= 30


def test_without_an_earlier_assessment_nothing_has_to_rest(database: Database) -> None:
    patient = add_patient(database)
    ask(database, patient, pause_s=30)
    with database.reading() as session:
        (message,) = session.scalars(select(OutboxMessage)).all()
    assert message.available_at <= now()


def test_an_urgent_asker_hurries_the_one_that_rests_once(database: Database) -> None:
    patient = add_patient(database)
    add_risk(database, patient)
    resting = ask(database, patient, pause_s=30)
    assert [ask(database, patient) for _ in range(3)] == [resting] * 3
    with database.reading() as session:
        due = sorted(message.available_at for message in session.scalars(select(OutboxMessage)))
    assert (count(database, Job), len(due)) == (1, 2)
    assert due[0] <= now() < due[1]


def test_a_question_that_fails_calls_nobody_and_a_missed_assessment_does(database: Database) -> None:
    patient = add_patient(database)
    for kind in (JobKind.RISK_WHAT_IF, JobKind.RISK_ASSESS):
        job = database.write(
            lambda session, kind=kind: jobs.enqueue(session, kind, Priority.STAT, patient_id=patient, max_attempts=1)
        )
        claimed = database.write(lambda session, job=job: jobs.claim(session, job.id, LEASE_S))
        assert claimed is not None
        database.write(lambda session, claimed=claimed: jobs.refuse(session, claimed, InputRefusedError("No.")))
    with database.reading() as session:
        assert [alert.code for alert in session.scalars(select(Alert))] == ["risk_not_assessed"]
        assert {job.state for job in session.scalars(select(Job))} == {JobState.REFUSED}
