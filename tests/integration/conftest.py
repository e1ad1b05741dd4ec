"""The whole platform, started once for each pair of database and broker."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import PAIRS
from tests.fixtures.platform import PlatformClient, PlatformProcesses


@pytest.fixture(scope="session", params=PAIRS)
def platform(request: pytest.FixtureRequest) -> Iterator[PlatformProcesses]:
    with TemporaryDirectory(prefix="dhn-platform-") as directory:
        if request.param == "sqlite+memory":
            path = Path(directory)
            processes = PlatformProcesses(path, f"sqlite:///{path / 'platform.sqlite3'}", "memory://")
            processes.start_embedded()
        else:
            database_url = request.getfixturevalue("mariadb").fresh_database()
            processes = PlatformProcesses(Path(directory), database_url, request.getfixturevalue("shared_redis").url)
            processes.prepare()
            processes.start_gateway()
            processes.start_worker()
        yield processes
        processes.stop_all()


@pytest.fixture(scope="session")
def client(platform: PlatformProcesses) -> PlatformClient:
    return platform.client()
