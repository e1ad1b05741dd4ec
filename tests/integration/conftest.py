"""The whole platform, started once for each pair of database and broker."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import PAIRS
from tests.fixtures.platform import PlatformClient, PlatformProcesses


@pytest.fixture(scope="module", params=PAIRS)
def platform(request: pytest.FixtureRequest) -> Iterator[PlatformProcesses]:
    with TemporaryDirectory(prefix="dhn-platform-") as directory:
        if request.param == "sqlite+memory":
            path = Path(directory)
            processes = PlatformProcesses(path, f"sqlite:///{path / 'platform.sqlite3'}", "memory://")
            processes.start_embedded()
        else:
            database_url = request.getfixturevalue("mariadb").fresh_database()
            # A database of its own within Redis: its worker would take the messages of other tests.
            broker_url = request.getfixturevalue("shared_redis").url.removesuffix("/0") + "/1"
            processes = PlatformProcesses(Path(directory), database_url, broker_url)
            processes.prepare()
            processes.start_gateway()
            processes.start_worker()
            processes.start_worker("services.risk_scoring")
            processes.start_worker("services.heart_rate")
        yield processes
        processes.stop_all()


@pytest.fixture(scope="module")
def client(platform: PlatformProcesses) -> PlatformClient:
    return platform.client()
