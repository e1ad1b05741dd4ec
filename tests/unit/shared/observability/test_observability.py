import io
import json
import logging
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import structlog

from shared.observability import metrics
from shared.observability.correlation import correlated, correlation_id
from shared.observability.health import serve_health
from shared.observability.logs import configure_logs, logger


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("tester", stream=stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def test_every_line_is_json_with_service_and_correlation_id(log: io.StringIO) -> None:
    with correlated("request-7"):
        logger("a").info("job_started", job_id="1")
        logging.getLogger("some.library").warning("hello %s", "you")
    ours, theirs = (json.loads(line) for line in log.getvalue().splitlines())
    assert (ours["event"], ours["job_id"], ours["service"]) == ("job_started", "1", "tester")
    assert (theirs["event"], theirs["level"]) == ("hello you", "warning")
    assert ours["correlation_id"] == theirs["correlation_id"] == "request-7"


def test_an_exception_is_one_line(log: io.StringIO) -> None:
    logger("a").error("broke", exc_info=ValueError("x"))
    (line,) = log.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]


def test_correlation_nests_and_ends() -> None:
    with correlated("outer"):
        with correlated("inner"):
            assert correlation_id() == "inner"
        assert correlation_id() == "outer"


def test_without_a_correlation_id_one_is_made_and_kept() -> None:
    assert correlation_id() == correlation_id()


def test_a_worker_answers_health_and_metrics() -> None:
    problems: list[str] = []
    metrics.WORKER_UP.set(1)
    server = serve_health("127.0.0.1", 0, live=lambda: problems[0] if problems else None, ready=lambda: None)
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        with urlopen(f"{address}/health/live") as answer:
            assert json.load(answer) == {"status": "ok", "problem": None}
        with urlopen(f"{address}/metrics") as answer:
            assert b"dhn_worker_live 1.0" in answer.read()
        problems.append("hung")
        with pytest.raises(HTTPError, match="503") as refused:
            urlopen(f"{address}/health/live")
        refused.value.close()
    finally:
        server.shutdown()
        server.server_close()
