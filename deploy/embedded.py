"""The whole platform in one process, on SQLite and an in-memory broker: ``python -m deploy.embedded``."""

import argparse
import secrets
import sys
import time
from pathlib import Path
from threading import Thread

import uvicorn
from pydantic import SecretStr

from deploy.sample import TRUE_HAEMATOMA_ML, submit_sample
from gateway.app import create_app
from gateway.auth.users import add_first_administrator, set_service_account
from services.ct_segmentation import worker as ct_segmentation
from services.heart_rate import worker as heart_rate
from services.pacs_bridge import worker as pacs_bridge
from services.risk_scoring import worker as risk_scoring
from shared.artifacts.store import ArtifactStore
from shared.contracts.states import Role
from shared.database.engine import Database
from shared.database.migrate import migrate
from shared.errors import PlatformError
from shared.observability.logs import configure_logs, logger
from shared.queueing.relay import Relay
from shared.queueing.runner import JobRunner
from shared.queueing.worker import Service, start_in_thread
from shared.settings import Settings, settings

log = logger(__name__)

PAGE = Path(__file__).parents[1] / "frontend" / "dist"
ADMINISTRATOR = "admin"


class Embedded:
    """Database, artifact store, relay, gateway with the page, and one worker thread per service."""

    def __init__(self, configuration: Settings, host: str, port: int) -> None:
        self.settings = configuration
        self.database = Database(configuration.resolved_database_url)
        migrate(self.database.engine)
        self.artifacts = ArtifactStore(configuration.resolved_artifacts_url)
        page = PAGE if PAGE.is_dir() else None
        relay = Relay(self.database, self.artifacts, configuration)
        app = create_app(configuration, self.database, self.artifacts, relay, page_directory=page)
        self.server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False))

    def start_workers(self) -> None:
        """Start consuming; models load meanwhile, so that the page is there at once."""
        for service in (ct_segmentation.service(), heart_rate.service(), risk_scoring.service()):
            Thread(target=_warm_up, args=(service,), name=f"warm-up-{service.name}", daemon=True).start()
            start_in_thread(service, JobRunner(self.database, self.artifacts, self.settings))

    def watch_pacs(self, address: str) -> None:
        """Watch the PACS, if there is one; the bridge's account gets a fresh password with each start."""
        if self.settings.pacs_url is None:
            return
        password, account = secrets.token_urlsafe(32), self.settings.pacs_account
        self.database.write(lambda session: set_service_account(session, account, Role.CLINICIAN, password))
        own = {"pacs_gateway_url": address, "pacs_account_password": SecretStr(password)}
        pacs_bridge.start_in_thread(self.settings.model_copy(update=own), self.database)

    def first_administrator(self) -> str | None:
        """Create the first administrator; the password, or None where there already is one."""
        password = secrets.token_urlsafe(12)
        created = self.database.write(lambda session: add_first_administrator(session, ADMINISTRATOR, password))
        return password if created else None


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--sample", action="store_true", help="submit a generated head CT and print its address")
    parser.add_argument("--password-file", type=Path, help="write the first password here instead of printing it")
    options = parser.parse_args()

    log_file = settings().data_directory / "platform.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    configure_logs("embedded", settings().log_level, log_file.open("a", buffering=1))
    platform = Embedded(settings(), options.host, options.port)
    password = platform.first_administrator()
    if password is not None:
        _hand_over(password, options.password_file)
    platform.start_workers()
    address = f"http://{options.host}:{options.port}"
    Thread(target=_tell, args=(platform, address, options.sample), daemon=True).start()
    try:
        platform.server.run()
    except SystemExit:
        sys.stderr.write(f"The server did not start. Is port {options.port} taken? {log_file} says more.\n")
        raise
    return 0


def _warm_up(service: Service) -> None:
    """Load the service's models; without one the rest of the platform works, and the service's jobs say what to do."""
    try:
        service.warm_up()
    except PlatformError as error:
        log.error("models_not_loaded", service=service.name, code=error.code, detail=error.detail)


def _hand_over(password: str, file: Path | None) -> None:
    """Give the first password to a person, at once: from here on only its hash is known."""
    if file is None:
        _print([f"Sign in as {ADMINISTRATOR!r} with the password {password!r}; it is shown this once only."])
    else:
        file.touch(mode=0o600)
        file.write_text(password + "\n")


def _tell(platform: Embedded, address: str, with_sample: bool) -> None:
    """Once the server answers, say what a person needs to know."""
    while not platform.server.started:
        time.sleep(0.05)
    platform.watch_pacs(address)
    lines = [f"DeepHemorrhageNet is ready at {address}  (research use; not a medical device)"]
    lines.append(f"Data and log are in {platform.settings.data_directory}/; Ctrl-C stops it.")
    _print(lines)
    if with_sample:
        study_id = submit_sample(platform.database, platform.artifacts, platform.settings)
        _print([f"A generated head CT with a {TRUE_HAEMATOMA_ML:.1f} mL bleed: {address}/studies/{study_id}"])


def _print(lines: list[str]) -> None:
    sys.stdout.write("".join(f"\n  {line}" for line in lines) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
