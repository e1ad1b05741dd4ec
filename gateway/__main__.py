"""Command line of the gateway: serve, openapi, create-admin, service-account."""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

from gateway.app import create_app
from gateway.auth.users import add_first_administrator, set_service_account
from gateway.server import serve
from shared.artifacts.store import ArtifactStore
from shared.contracts.states import Role
from shared.database.engine import Database
from shared.observability.logs import configure_logs
from shared.queueing.relay import Relay
from shared.settings import Settings, settings


def main() -> int:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m gateway", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="serve the API, and the page where there is one")
    server.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    server.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    server.add_argument("--page", type=Path, metavar="DIRECTORY", help="the built browser page (frontend/dist)")
    commands.add_parser("openapi", help="print the OpenAPI document")
    admin = commands.add_parser("create-admin", help="create the first administrator, unless there is one")
    admin.add_argument("--username", default="admin", help="name to sign in with (default: %(default)s)")
    admin.add_argument(
        "--password-file", type=Path, metavar="FILE", help="take the password from there, or write a new one to it"
    )
    account = commands.add_parser("service-account", help="let a service sign in; may be run at every start")
    account.add_argument("--username", required=True, help="name that the service signs in with")
    account.add_argument("--role", type=Role, choices=list(Role), default=Role.CLINICIAN, help="(default: %(default)s)")
    account.add_argument("--password-file", type=Path, required=True, metavar="FILE", help="holds its password")
    arguments = parser.parse_args()
    if arguments.command == "serve":
        return _serve(arguments.host, arguments.port, arguments.page)
    if arguments.command == "openapi":
        return _openapi()
    if arguments.command == "service-account":
        return _service_account(arguments.username, arguments.role, arguments.password_file)
    return _create_admin(arguments.username, arguments.password_file)


def _serve(host: str, port: int, page: Path | None) -> int:
    configured = settings()
    configure_logs("gateway", configured.log_level)
    database = Database(configured.resolved_database_url)
    artifacts = ArtifactStore(configured.resolved_artifacts_url)
    app = create_app(configured, database, artifacts, Relay(database, artifacts, configured), page)
    serve(app, host, port)
    database.close()
    return 0


def _openapi() -> int:
    app = create_app(Settings(), Database("sqlite://"), ArtifactStore("memory://openapi"))
    print(json.dumps(app.openapi(), indent=2, sort_keys=True))
    return 0


def _create_admin(username: str, password_file: Path | None) -> int:
    given = password_file is not None and password_file.exists()
    password = password_file.read_text().strip() if password_file and given else secrets.token_urlsafe(18)
    if password_file and not given:
        _write_secret(password_file, password)  # before the account is made: nobody knows a password lost after it
    database = Database(settings().resolved_database_url)
    if database.write(lambda session: add_first_administrator(session, username, password)):
        told = {"password": password} if password_file is None else {"password_file": str(password_file)}
        print(json.dumps({"created": True, "username": username, **told}))
    else:
        if password_file and not given:
            password_file.unlink()
        print(json.dumps({"created": False, "reason": "there is an administrator already"}))
    database.close()
    return 0


def _service_account(username: str, role: Role, password_file: Path) -> int:
    password = password_file.read_text().strip()
    database = Database(settings().resolved_database_url)
    changed = database.write(lambda session: set_service_account(session, username, role, password))
    print(json.dumps({"username": username, "changed": changed}))
    database.close()
    return 0


def _write_secret(path: Path, secret: str) -> None:
    """Write a file that its owner alone may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")


if __name__ == "__main__":
    sys.exit(main())
