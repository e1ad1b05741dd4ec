from collections.abc import Iterator

import pytest

from shared.observability.health import serve_health
from shared.observability.probe import main
from tests.fixtures.servers import free_port


@pytest.fixture
def problem() -> list[str]:
    return []


@pytest.fixture
def url(problem: list[str]) -> Iterator[str]:
    server = serve_health("127.0.0.1", 0, live=lambda: None, ready=lambda: problem[0] if problem else None)
    yield f"http://127.0.0.1:{server.server_address[1]}/health/ready"
    server.shutdown()
    server.server_close()


def test_a_healthy_process_passes_silently(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([url]) == 0
    assert capsys.readouterr().out == ""


def test_an_unready_process_fails_with_its_own_reason(
    url: str, problem: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    problem.append("the model is being loaded")
    assert main([url]) == 1
    assert "503" in (said := capsys.readouterr().out)
    assert "the model is being loaded" in said


def test_a_dead_process_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"http://127.0.0.1:{free_port()}/health/ready", "--timeout", "1"]) == 1
    assert "no answer" in capsys.readouterr().out


def test_an_unknown_path_fails(url: str) -> None:
    assert main([url.replace("ready", "nothing")]) == 1
