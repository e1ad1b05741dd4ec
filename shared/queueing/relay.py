"""The relay: carries outbox rows to the broker, and gives back the jobs of workers that fell silent.

Runs as a thread of the gateway. Several may run at once: each row is locked by one of them (SKIP LOCKED on MySQL;
SQLite has one writer at a time anyway). A message is marked as sent after the broker took it: if the relay dies in
between, the message goes out twice, and the second copy finds nothing to claim.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from celery import Celery
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from shared.artifacts.store import ArtifactStore
from shared.contracts.names import Queue
from shared.contracts.states import AlertLevel, AlertState, JobState
from shared.database import jobs
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import Alert, DeadLetter, IdempotentAnswer, Job, OutboxMessage, SignIn, WhatIf
from shared.database.tables import Event as EventRow
from shared.database.verdicts import verdicts
from shared.evaluation.expansion_bands import Verdict, bands, overall
from shared.observability import metrics
from shared.observability.logs import logger
from shared.queueing.broker import send, sender_app
from shared.settings import Settings

log = logger(__name__)

_BATCH = 50
_POLL_S = 0.2
_WATCH_EVERY_S = 1.0
_COMPARE_EVERY_S = 60.0
_CLEAN_EVERY_S = 3600.0
_KEEP_SENT_MESSAGES = timedelta(days=7)
_KEEP_EVENTS = timedelta(days=30)
_KEEP_ANSWERS = timedelta(days=1)
_STAGING_LIFE_S = 24 * 3600.0


class Relay:
    """Carries messages and watches over jobs until stopped."""

    def __init__(self, database: Database, artifacts: ArtifactStore, settings: Settings) -> None:
        self._database = database
        self._artifacts = artifacts
        self._settings = settings
        self._sender: Celery = sender_app(settings.broker_url.get_secret_value())
        self._stop = Event()
        self._wake = Event()
        self._thread = Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round at hand."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Look into the outbox now instead of at the next poll."""
        self._wake.set()

    def _run(self) -> None:
        next_watch = next_compare = next_clean = 0.0
        while not self._stop.is_set():
            wait_s = _POLL_S if self._try("send", self.send_due) else 1.0
            if time.monotonic() >= next_watch:
                self._try("watch", self.watch)
                self._try("count", self.count)
                next_watch = time.monotonic() + _WATCH_EVERY_S
            if time.monotonic() >= next_compare:
                self._try("compare", self.compare)
                next_compare = time.monotonic() + _COMPARE_EVERY_S
            if time.monotonic() >= next_clean:
                self._try("clean", self.clean)
                next_clean = time.monotonic() + _CLEAN_EVERY_S
            self._wake.wait(wait_s)
            self._wake.clear()

    def _try(self, step: str, work: Callable[[], None]) -> bool:
        """Run one step; whatever breaks it is logged and met again in the next round."""
        try:
            work()
        except Exception as error:
            log.warning("relay_step_failed", step=step, error=type(error).__name__)
            return False
        return True

    def send_due(self) -> None:
        """Send what is due, oldest first. Raises what the broker raised; what was sent before stays marked."""
        failure: Exception | None = None
        while failure is None:
            with self._database.reading() as session:
                if session.scalar(select(OutboxMessage.id).where(_due()).limit(1)) is None:
                    return  # the usual case, without a write lock
            with self._database.transaction() as session:
                failure = self._send_batch(session)
        metrics.OUTBOX_FAILURES.inc()
        raise failure

    def _send_batch(self, session: Session) -> Exception | None:
        due = select(OutboxMessage).where(_due()).order_by(OutboxMessage.id).limit(_BATCH)
        for message in session.scalars(due.with_for_update(skip_locked=True)):
            try:
                send(self._sender, task=message.task, queue=message.queue, payload=message.payload)
            except Exception as error:
                return error
            message.sent_at = now()
            sent = {"sent_at": message.sent_at, "sends": Job.sends + 1}
            session.execute(update(Job).where(Job.id == message.job_id).values(**sent))
            metrics.OUTBOX_SENT.labels(message.queue).inc()
        return None

    def watch(self) -> None:
        """Give back the jobs of silent workers and send lost messages again."""
        with self._database.reading() as session:
            expired = or_(
                (Job.state == JobState.RUNNING) & (Job.lease_until < now()),
                (Job.state == JobState.QUEUED)
                & (Job.sent_at < now() - timedelta(seconds=self._settings.job_resend_after_s)),
            )
            needed = session.scalar(select(Job.id).where(expired).limit(1)) is not None
        if needed:
            requeued, resent = self._database.write(self._take_back)
            metrics.JOBS_REQUEUED.labels("worker_lost").inc(requeued)
            metrics.JOBS_REQUEUED.labels("message_lost").inc(resent)

    def count(self) -> None:
        """Refresh the gauges that tell operators what waits."""
        with self._database.reading() as session:
            _refresh_gauges(session)
        metrics.ARTIFACTS_FREE.set(self._artifacts.free_share())

    def _take_back(self, session: Session) -> tuple[int, int]:
        requeued = jobs.requeue_expired(session, self._settings.job_retry_delay_s)
        resent = jobs.resend_untaken(session, self._settings.job_resend_after_s)
        return requeued, resent

    def compare(self) -> None:
        """Refresh the gauges that hold predicted expansions against what later CTs showed."""
        with self._database.reading() as session:
            _refresh_bands(verdicts(session))

    def clean(self) -> None:
        """Remove what nobody needs any more: sent messages, old events, remembered answers, broken uploads."""
        with self._database.transaction() as session:
            session.execute(delete(OutboxMessage).where(OutboxMessage.sent_at < now() - _KEEP_SENT_MESSAGES))
            session.execute(delete(EventRow).where(EventRow.created_at < now() - _KEEP_EVENTS))
            session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now() - _KEEP_ANSWERS))
            session.execute(delete(SignIn).where(SignIn.expires_at < now() - _KEEP_ANSWERS))
            session.execute(delete(WhatIf).where(WhatIf.expires_at < now()))
        self._artifacts.sweep_staging(_STAGING_LIFE_S, time.time())


def _due() -> ColumnElement[bool]:
    return OutboxMessage.sent_at.is_(None) & (OutboxMessage.available_at <= now())


def _refresh_bands(known: list[Verdict]) -> None:
    for name, band in [("all", overall(known)), *((band.name, band) for band in bands(known))]:
        metrics.EXPANSION_JUDGED.labels(name).set(band.count)
        metrics.EXPANSION_UNCERTAIN.labels(name).set(band.uncertain)
        if band.predicted_mean is not None:  # a share of nothing is not 0
            metrics.EXPANSION_PREDICTED.labels(name).set(band.predicted_mean)
            for bound, share in (("value", band.seen.value), ("low", band.seen.low), ("high", band.seen.high)):
                metrics.EXPANSION_SEEN.labels(name, bound).set(share)


def _refresh_gauges(session: Session) -> None:
    due_at = func.coalesce(Job.due_at, Job.created_at)
    waiting = (
        select(Job.queue, func.count(), func.min(due_at, type_=Job.created_at.type))
        .where(Job.state == JobState.QUEUED, due_at <= now())
        .group_by(Job.queue)
    )
    seen = {queue: (count, oldest) for queue, count, oldest in session.execute(waiting)}
    for queue in Queue:
        count, oldest = seen.get(queue, (0, None))
        metrics.JOBS_WAITING.labels(queue).set(count)
        metrics.JOBS_OLDEST_SECONDS.labels(queue).set((now() - oldest).total_seconds() if oldest else 0)
    metrics.OUTBOX_WAITING.set(session.scalar(select(func.count()).select_from(OutboxMessage).where(_due())) or 0)
    unresolved = select(func.count()).select_from(DeadLetter).where(DeadLetter.resolved_at.is_(None))
    metrics.DEAD_LETTERS.set(session.scalar(unresolved) or 0)
    by_level = select(Alert.level, func.count()).where(Alert.state == AlertState.OPEN).group_by(Alert.level)
    for known in AlertLevel:
        metrics.ALERTS_OPEN.labels(known).set(0)
    for level, count in session.execute(by_level):
        metrics.ALERTS_OPEN.labels(level).set(count)
