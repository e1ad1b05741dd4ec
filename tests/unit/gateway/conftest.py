import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gateway.auth import passwords
from shared.database.engine import Database
from tests.fixtures.gateway import Gateway, gateway
from tests.fixtures.vitals import Monitor

__all__ = ["gateway"]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2id with 1 MiB and one pass: the real cost would be most of the tests' time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024))


@pytest.fixture
def monitor(gateway: Gateway) -> Monitor:
    return Monitor(gateway)


@pytest.fixture(scope="module")
def refused_monitor(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Monitor]:
    """One for all of a module's refusals, which leave nothing behind; a gateway of their own is most of their time."""
    directory = tmp_path_factory.mktemp("refusals")
    shutil.copy(migrated_sqlite, directory / "platform.sqlite3")
    database = Database(f"sqlite:///{directory / 'platform.sqlite3'}")
    yield Monitor(Gateway(directory, database))
    database.close()
