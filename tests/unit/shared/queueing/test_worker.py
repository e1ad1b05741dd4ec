from datetime import timedelta

from sqlalchemy import update

from shared.artifacts.store import ArtifactStore
from shared.contracts.names import Queue
from shared.database import jobs
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import Job
from shared.queueing.runner import JobRunner, RunningJob
from shared.queueing.worker import Service, readiness, stall
from shared.settings import Settings
from tests.fixtures.care import add_job

SERVICE = Service("test", (Queue.CT,), {}, warm_up=lambda: None)


def _runner(database: Database, artifacts: ArtifactStore, **changes: float) -> JobRunner:
    return JobRunner(database, artifacts, Settings(worker_stall_s=60.0, **changes))


def _send(database: Database, seconds_ago: float) -> None:
    sent_at = now() - timedelta(seconds=seconds_ago)
    database.write(lambda session: session.execute(update(Job).values(sent_at=sent_at)))


def test_an_idle_worker_with_nothing_to_do_is_healthy(database: Database, artifacts: ArtifactStore) -> None:
    runner = _runner(database, artifacts)
    runner.last_active_s -= 3600
    assert stall(SERVICE, runner) is None


def test_a_worker_that_lives_but_consumes_nothing_is_not(database: Database, artifacts: ArtifactStore) -> None:
    runner = _runner(database, artifacts)
    add_job(database)
    _send(database, seconds_ago=90)
    assert stall(SERVICE, runner) is None, "it was active a moment ago"
    runner.last_active_s -= 90
    assert stall(SERVICE, runner) == "1 sent jobs lie untouched while the worker is idle"


def test_work_of_other_queues_is_not_its_concern(database: Database, artifacts: ArtifactStore) -> None:
    runner = _runner(database, artifacts)
    add_job(database)
    _send(database, seconds_ago=90)
    runner.last_active_s -= 90
    assert stall(Service("stat", (Queue.CT_STAT,), {}, warm_up=lambda: None), runner) is None


def test_a_job_far_past_its_deadline_means_a_hung_process(database: Database, artifacts: ArtifactStore) -> None:
    runner = _runner(database, artifacts, job_deadline_s=10.0)
    job = add_job(database)
    claimed = database.write(lambda session: jobs.claim(session, job.id, 30.0))
    assert claimed is not None
    runner.current = RunningJob(claimed, database, artifacts, runner.settings)
    assert stall(SERVICE, runner) is None
    runner.current.started_s -= 41
    assert "past its deadline" in (stall(SERVICE, runner) or "")


def test_a_worker_without_its_artifact_store_is_not_ready(database: Database, artifacts: ArtifactStore) -> None:
    runner = _runner(database, artifacts)
    assert readiness(runner) is None
    artifacts.filesystem.rm(artifacts.root, recursive=True)
    assert readiness(runner) == "a dependency does not answer (ArtifactStoreError)"
