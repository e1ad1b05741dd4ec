"""Fixtures that every test may use: private servers, and the two pairs of database and broker."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shared.artifacts.store import ArtifactStore
from shared.database.columns import Base
from shared.database.engine import Database
from shared.database.migrate import migrate
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis

PAIRS = ["sqlite+memory", "mariadb+redis"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes share tests by their ids: of those that have the same, one alone would run, and nobody see."""
    shared = [node for node, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"Several tests have the id {shared[0]}.")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[PrivateMariaDb]:
    # In memory where the system offers it: creating tables waits for the disk dozens of times.
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="dhn-mariadb-", dir=memory if memory.is_dir() else None) as directory:
        server = PrivateMariaDb(Path(directory) / "server")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    server = PrivateRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    """A Redis that a test may stop and start."""
    server = PrivateRedis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database.engine)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_mariadb(mariadb: PrivateMariaDb) -> str:
    """A migrated MariaDB database that the tests use in turn, each leaving it empty."""
    url = mariadb.fresh_database()
    database = Database(url)
    migrate(database.engine)
    database.close()
    return url


@pytest.fixture(params=PAIRS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database, once for each kind of server."""
    if request.param == "sqlite+memory":
        path = tmp_path / "platform.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        database = Database(f"sqlite:///{path}")
    else:
        database = Database(request.getfixturevalue("migrated_mariadb"))
    yield database
    if not database.is_sqlite:
        _empty(database)
    database.close()


def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
        for table in Base.metadata.tables.values():
            connection.execute(table.update().values(value=0) if table.name == "sequences" else table.delete())
        connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 1")


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(f"file://{tmp_path / 'artifacts'}")
