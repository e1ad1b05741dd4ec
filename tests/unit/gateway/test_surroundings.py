"""What holds for every request: errors, headers, logs, limits, health, the page."""

import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from gateway.__main__ import main
from gateway.app import create_app
from shared.contracts.states import Role
from shared.queueing.relay import Relay
from shared.settings import settings
from tests.fixtures.gateway import Gateway, a_patient


def test_an_unforeseen_error_tells_nothing_but_how_to_find_it(gateway: Gateway):
    @gateway.app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("the password of the database is swordfish")

    client = gateway.client(raise_server_exceptions=False)
    with capture_logs() as lines:
        answer = client.get("/api/v1/broken", headers={"X-Request-ID": "my-request-1"})
    problem = answer.json()
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["correlation_id"]) == ("internal_error", "my-request-1")
    assert "swordfish" not in answer.text + json.dumps(lines, default=str)
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert failed["error"] == "RuntimeError"
    assert any("test_surroundings.py" in frame for frame in failed["where"])


def test_a_database_that_is_away_is_a_503_worth_another_try(gateway: Gateway, monkeypatch):
    client = gateway.client()

    def away(*_: object) -> None:
        raise OperationalError("connect", {}, ConnectionRefusedError())

    monkeypatch.setattr(gateway.database.engine.pool, "connect", away)
    answer = client.get("/api/v1/jobs")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/nothing", "/api/v1/patients/"])
def test_what_is_not_there_is_a_problem(gateway: Gateway, address):
    answer = gateway.client().get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_method_that_an_address_does_not_take_is_a_problem_that_names_those_it_takes(gateway: Gateway):
    answer = gateway.client().put("/api/v1/jobs", json={})
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method_not_allowed", "GET")


@pytest.mark.parametrize("announced", [True, False])
def test_a_large_body_is_refused_announced_or_not(gateway: Gateway, announced):
    body = json.dumps(a_patient(given_name="x" * (1 << 20))).encode()
    content = body if announced else iter([body[:1000], body[1000:]])
    answer = gateway.client().post("/api/v1/patients", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"family_name": "\\ud800"}', b"null"])
def test_a_body_that_is_no_json_object_is_refused(gateway: Gateway, body):
    answer = gateway.client().post("/api/v1/patients", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("given", "kept"), [("abcd-1234_5.6", True), ("short", False), ("x" * 65, False), ("a b c d e", False)]
)
def test_a_harmless_request_id_is_kept_and_any_other_replaced(gateway: Gateway, given, kept):
    answer = gateway.client().get("/api/v1/jobs", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept
    assert 8 <= len(answer.headers["X-Request-ID"]) <= 64


def test_the_log_names_the_route_and_never_the_query(gateway: Gateway):
    client = gateway.client()
    with capture_logs() as lines:
        client.get("/api/v1/patients", params={"q": "Unmistakable"})
        client.get("/Unmistakable")
        client.get("/health/live")
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [("/api/v1/patients", 200), ("unknown", 404)]
    assert "Unmistakable" not in json.dumps(lines, default=str)


def test_metrics_count_requests_by_route_template(gateway: Gateway):
    client = gateway.client()
    client.get("/api/v1/jobs/00000000-0000-0000-0000-000000000000")
    metrics = client.get("/metrics").text
    assert 'dhn_http_requests_total{method="GET",route="/api/v1/jobs/{id}",status="404"}' in metrics
    assert "00000000-0000" not in metrics


def test_every_answer_tells_browsers_what_they_may_do(gateway: Gateway):
    answer = gateway.client().get("/api/v1/jobs")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


def test_readiness_names_what_is_wrong(gateway: Gateway):
    client = gateway.client(None)
    assert client.get("/health/live").json() == {"status": "ok", "problems": {}}
    assert client.get("/health/ready").json() == {"status": "ok", "problems": {}}
    with gateway.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    for path in sorted((gateway.directory / "artifacts").rglob("*"), reverse=True):
        path.rmdir()
    (gateway.directory / "artifacts").rmdir()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert set(answer.json()["problems"]) == {"database", "artifacts"}


def test_the_relay_lives_and_ends_with_the_application(gateway: Gateway):
    relay = Relay(gateway.database, gateway.artifacts, gateway.settings)
    app = create_app(gateway.settings, gateway.database, gateway.artifacts, relay)
    with type(gateway.client())(app) as client:
        assert client.get("/health/ready").status_code == 200
        relay.stop()
        assert client.get("/health/ready").json()["problems"] == {"relay": "the relay has stopped"}
    assert not relay.alive


@pytest.fixture
def page(gateway: Gateway, tmp_path: Path) -> Gateway:
    directory = tmp_path / "page"
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text("<title>page</title>")
    (directory / "assets" / "main-abc123.js").write_text("script")
    (tmp_path / "secret.txt").write_text("secret")
    gateway.app = create_app(gateway.settings, gateway.database, gateway.artifacts, page_directory=directory)
    return gateway


def test_the_page_answers_at_its_own_addresses_and_the_api_at_its(page: Gateway):
    client = page.client(Role.VIEWER)
    for address in ("/", "/patients/123", "/index.html"):
        answer = client.get(address)
        assert "<title>page</title>" in answer.text
        assert answer.headers["Cache-Control"] == "no-cache"
    asset = client.get("/assets/main-abc123.js")
    assert (asset.text, "immutable" in asset.headers["Cache-Control"]) == ("script", True)
    assert client.get("/assets/gone.js").status_code == 404
    for address in ("/api/v1/nothing", "/api", "/health/nothing", "/metrics/x"):
        assert client.get(address).json()["code"] == "not_found"
    assert client.get("/api/v1/jobs").status_code == 200
    assert client.put("/api/v1/jobs").headers["Allow"] == "GET"
    assert client.post("/patients/123").status_code == 405


@pytest.mark.parametrize("address", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%00"])
def test_the_page_gives_nothing_from_outside_its_directory(page: Gateway, address):
    answer = page.client(None).get(address)
    assert "secret" not in answer.text
    assert answer.status_code in (200, 404)


def test_a_page_that_is_not_built_is_an_error_at_the_start(gateway: Gateway, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuntimeError, match=r"holds no index\.html"):
        create_app(gateway.settings, gateway.database, gateway.artifacts, page_directory=tmp_path / "empty")


def test_the_kept_description_is_the_one_that_the_code_gives(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gateway", "openapi"])
    assert main() == 0
    kept = Path(__file__).parents[3] / "frontend" / "openapi.json"
    assert kept.read_text() == capsys.readouterr().out, "run: python -m gateway openapi > frontend/openapi.json"


def test_the_first_administrator_gets_a_password_of_their_own(gateway: Gateway, tmp_path: Path, monkeypatch, capsys):
    def create_admin() -> dict[str, object]:
        settings.cache_clear()
        assert main() == 0
        return json.loads(capsys.readouterr().out)

    file = tmp_path / "password"
    monkeypatch.setenv("DHN_DATA_DIRECTORY", str(gateway.directory))
    monkeypatch.setattr(sys, "argv", ["gateway", "create-admin", "--password-file", str(file)])
    assert create_admin()["created"] is True
    assert file.stat().st_mode & 0o077 == 0
    assert create_admin()["created"] is False
    credentials = {"username": "admin", "password": file.read_text().strip()}
    answer = gateway.client(None).post("/api/v1/sessions", json=credentials)
    assert answer.json()["user"]["role"] == "admin"
    settings.cache_clear()
