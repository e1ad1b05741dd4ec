"""Bring a database to the newest schema: ``python -m shared.database.migrate``."""

import argparse
import json
import sys
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from shared.database.engine import Database
from shared.settings import settings

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> str | None:
    """Apply what is missing up to ``revision``; returns the revision the database is at then."""
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), revision)
        connection.commit()
        return MigrationContext.configure(connection).get_current_revision()


def is_migrated(engine: Engine) -> bool:
    """Whether the database is at the newest schema that this code knows."""
    with engine.connect() as connection:
        newest = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == newest


def alembic_config(connection: object) -> Config:
    """Alembic's configuration for one open connection; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def wait_for(engine: Engine, patience_s: float) -> None:
    """Wait until the database answers. Raises OperationalError when patience runs out."""
    give_up_s = time.monotonic() + patience_s
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if time.monotonic() > give_up_s:
                raise
            time.sleep(1.0)
        else:
            return


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m shared.database.migrate", description=__doc__)
    parser.add_argument("--revision", default="head", help="schema revision to reach (default: %(default)s)")
    parser.add_argument(
        "--wait", type=float, default=60.0, help="seconds to wait for the database (default: %(default)s)"
    )
    arguments = parser.parse_args()
    database = Database(settings().resolved_database_url)
    wait_for(database.engine, arguments.wait)
    sys.stdout.write(json.dumps({"revision": migrate(database.engine, arguments.revision)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
