"""The bridge as a process of its own, or as a thread of the embedded one."""

import signal
import time
from threading import Event, Thread

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.pacs_bridge.arrivals import listen, settle
from services.pacs_bridge.delivery import collect, hand_over
from services.pacs_bridge.errors import PacsNotConfiguredError
from services.pacs_bridge.gateway import Gateway
from services.pacs_bridge.orthanc import Orthanc
from services.pacs_bridge.parts import Parts
from services.pacs_bridge.returning import store_back
from services.pacs_bridge.siblings import choose
from shared.contracts.states import PacsState
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.tables import PacsSeries
from shared.errors import PlatformError
from shared.observability import metrics
from shared.observability.health import serve_health
from shared.observability.logs import configure_logs, logger
from shared.observability.watchdog import end_when_hung
from shared.settings import Settings

log = logger(__name__)

_STEPS = (listen, settle, choose, hand_over, collect, store_back)
_ON_THE_WAY = (
    *(PacsState.ARRIVING, PacsState.WAITING, PacsState.SELECTED),
    *(PacsState.HANDED_OVER, PacsState.ANSWERED),
)
_DUE_TO_THE_BRIDGE = (PacsState.SELECTED, PacsState.ANSWERED)


class Bridge:
    """Goes round and round: hear, judge, choose, hand over, collect, store back.

    Every step is safe to run twice and leaves what is next to do in the database, so that the process may be killed
    at any moment.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        if settings.pacs_url is None:
            raise PacsNotConfiguredError
        self.settings = settings
        self.problem: str | None = "the first round is not over"
        self._moved_s = time.monotonic()
        self._stop = Event()
        self.parts = Parts(
            database=database,
            pacs=Orthanc(settings.pacs_url, settings.pacs_username, settings.pacs_password.get_secret_value()),
            gateway=Gateway(
                settings.pacs_gateway_url, settings.pacs_account, settings.pacs_account_password.get_secret_value()
            ),
            settings=settings,
            beat=self._beat,
        )

    def run(self) -> None:
        """Until told to stop."""
        while not self._stop.wait(self.settings.pacs_poll_s):
            self.turn()
        self.parts.pacs.close()
        self.parts.gateway.close()

    def stop(self) -> None:
        """End after the present round."""
        self._stop.set()

    def turn(self) -> None:
        """One round. A step whose server is away does not keep the others from theirs."""
        problem = None
        for step in _STEPS:
            self._beat()
            try:
                step(self.parts)
            except Exception as error:  # the database or a server may be away for a moment; nothing is lost meanwhile
                metrics.PACS_FAILURES.labels(step.__name__).inc()
                problem = f"{step.__name__} failed ({type(error).__name__})"
                if isinstance(error, PlatformError):
                    problem = error.detail
                if problem != self.problem:
                    log.warning("pacs_round_failed", problem=problem, exc_info=not isinstance(error, PlatformError))
        self.problem = problem
        self._measure()

    def readiness(self) -> str | None:
        """What keeps the bridge from its work, now or once a study comes; None if nothing does."""
        try:
            self.parts.gateway.check()
        except PlatformError as error:
            return error.detail
        return self.problem

    def stall(self) -> str | None:
        """What is wrong with the bridge itself; None if it moves."""
        still_s = time.monotonic() - self._moved_s
        return f"nothing has moved for {still_s:.0f} s" if still_s > self.settings.worker_stall_s else None

    def _beat(self) -> None:
        self._moved_s = time.monotonic()

    def _measure(self) -> None:
        try:
            with self.parts.database.reading() as session:
                by_state = select(PacsSeries.state, func.count()).where(PacsSeries.state.in_(_ON_THE_WAY))
                counts = dict(session.execute(by_state.group_by(PacsSeries.state)).all())
                waiting = PacsSeries.state.in_(_DUE_TO_THE_BRIDGE)
                oldest = session.scalar(select(func.min(PacsSeries.last_instance_at)).where(waiting))
        except SQLAlchemyError:
            return  # the round has said that the database is away
        for state in _ON_THE_WAY:
            metrics.PACS_WAITING.labels(state).set(counts.get(state, 0))
        metrics.PACS_OLDEST_SECONDS.set(0 if oldest is None else (now() - oldest).total_seconds())


def run_bridge(settings: Settings) -> None:
    """Run until a signal says to stop. Raises PacsNotConfiguredError."""
    configure_logs("pacs_bridge", settings.log_level)
    database = Database(settings.resolved_database_url)
    bridge = Bridge(settings, database)
    serve_health(settings.metrics_host, settings.metrics_port, live=bridge.stall, ready=bridge.readiness)
    Thread(target=end_when_hung, args=(bridge.stall,), name="watchdog", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.stop())
    bridge.run()
    database.close()


def start_in_thread(settings: Settings, database: Database) -> Bridge:
    """Watch the PACS in a daemon thread of this process (embedded mode)."""
    bridge = Bridge(settings, database)
    Thread(target=bridge.run, name="pacs-bridge", daemon=True).start()
    return bridge
