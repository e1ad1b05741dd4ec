"""A worker process: Celery consumer, health server, and the watchdog that ends a process that hangs."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

from celery import Celery
from sqlalchemy import func, select

from shared.artifacts.store import ArtifactStore
from shared.contracts.names import JobKind, Queue
from shared.contracts.states import JobState
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import Job
from shared.observability.health import serve_health
from shared.observability.logs import configure_logs
from shared.observability.watchdog import end_when_hung
from shared.queueing.broker import worker_app
from shared.queueing.runner import Handler, JobRunner
from shared.settings import Settings

_DEADLINE_GRACE_S = 30.0


@dataclass(frozen=True)
class Service:
    """One kind of worker: which queues it drains, what it does for each job, what it loads first."""

    name: str
    queues: tuple[Queue, ...]
    handlers: Mapping[JobKind, Handler]
    warm_up: Callable[[], object]


def celery_app(service: Service, runner: JobRunner) -> Celery:
    """The service as a Celery application: one task per kind of job."""
    app = worker_app(service.name, runner.settings.broker_url.get_secret_value(), service.queues)
    for kind, handler in service.handlers.items():
        app.task(name=kind.value)(_task(runner, kind, handler))
    app.finalize()
    return app


def _task(runner: JobRunner, kind: JobKind, handler: Handler) -> Callable[..., None]:
    def run(**message: object) -> None:
        runner.run(message, kind, handler)

    return run


def start_in_thread(service: Service, runner: JobRunner) -> None:
    """Consume in a daemon thread of this process (embedded mode: one application and one thread per service)."""
    app = celery_app(service, runner)
    # Celery resolves "the current application" per process inside the consumer; without a default it finds none.
    app.set_default()
    controller = app.WorkController(
        pool_cls="solo", concurrency=1, without_mingle=True, without_gossip=True, without_heartbeat=True
    )
    Thread(target=controller.start, name=f"worker-{service.name}", daemon=True).start()


def run_worker(service: Service, settings: Settings) -> None:
    """Run until told to stop by a signal. The pool is ``solo``: a forked child that inherits a loaded model hangs."""
    configure_logs(service.name, settings.log_level)
    database = Database(settings.resolved_database_url)
    runner = JobRunner(database, ArtifactStore(settings.resolved_artifacts_url), settings)
    ready = {"warm": False}
    serve_health(
        settings.metrics_host,
        settings.metrics_port,
        live=lambda: stall(service, runner),
        ready=lambda: readiness(runner) if ready["warm"] else "the model is being loaded",
    )
    service.warm_up()
    ready["warm"] = True
    # The lease gives the job of a process that was ended to the next one.
    Thread(target=end_when_hung, args=(lambda: stall(service, runner),), name="watchdog", daemon=True).start()
    app = celery_app(service, runner)
    app.set_default()
    arguments = ["--quiet", "worker", "--pool=solo", "--concurrency=1", "--without-mingle", "--without-gossip"]
    app.worker_main([*arguments, "--loglevel=WARNING", f"--hostname={service.name}@%h"])


def readiness(runner: JobRunner) -> str | None:
    """What keeps the worker from doing useful work; None if nothing does."""
    try:
        with runner.database.reading() as session:
            session.execute(select(1))
        runner.artifacts.check()
    except Exception as error:
        return f"a dependency does not answer ({type(error).__name__})"
    return None


def stall(service: Service, runner: JobRunner) -> str | None:
    """What is wrong with the worker itself; None if it is healthy.

    A consumer can lose its subscription and live on without consuming (celery #10205, #10302). So liveness asks the
    database: is work due for this worker, sent long ago, while it sits idle?
    """
    settings, current = runner.settings, runner.current
    if current is not None:
        ran_s = time.monotonic() - current.started_s
        if ran_s > settings.job_deadline_s + _DEADLINE_GRACE_S:
            return f"a job has been running for {ran_s:.0f} s, past its deadline"
        return None
    if time.monotonic() - runner.last_active_s < settings.worker_stall_s:
        return None
    try:
        with runner.database.reading() as session:
            overdue = session.scalar(
                select(func.count())
                .select_from(Job)
                .where(
                    Job.state == JobState.QUEUED,
                    Job.queue.in_(service.queues),
                    Job.sent_at < now() - timedelta(seconds=settings.worker_stall_s),
                )
            )
    except Exception:
        return None  # the database is away: not the worker's fault, and a restart would not bring it back
    return f"{overdue} sent jobs lie untouched while the worker is idle" if overdue else None
