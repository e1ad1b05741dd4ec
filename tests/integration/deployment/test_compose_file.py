"""What docker-compose.yml promises, read from the file itself; tests/compose brings it up for real."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.responses import Response
from starlette.testclient import TestClient

from gateway.middleware.headers import SecurityHeaders
from services.heart_rate.worker import service as heart_rate
from services.risk_scoring.worker import service as risk_scoring
from shared.contracts.names import Queue
from shared.settings import Settings

REPOSITORY = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"secrets", "passwords", "migrate", "first_admin", "pacs_account"}
LASTING = sorted(set(SERVICES) - ONCE)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_hardened_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["init"] is True
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert not service.get("privileged")
    assert not any("docker.sock" in volume for volume in service.get("volumes", []))


@pytest.mark.parametrize("name", LASTING)
def test_what_runs_on_says_whether_it_is_healthy_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_not_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == "no"


def test_only_the_proxy_and_the_dicom_port_are_published_and_grafana_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {
        "proxy": ["${DHN_HTTP_PORT:-8080}:8080"],
        "grafana": ["127.0.0.1:${DHN_GRAFANA_PORT:-3000}:3000"],
        "orthanc": ["${DHN_PACS_DICOM_PORT:-4242}:4242"],
    }


def test_the_pacs_is_there_on_request_only_and_nothing_else_waits_for_it() -> None:
    of_pacs = {name for name, service in SERVICES.items() if "pacs" in service.get("profiles", [])}
    assert of_pacs == {"orthanc", "pacs_account", "pacs_bridge"}
    for name in set(SERVICES) - of_pacs:
        assert not of_pacs & set(SERVICES[name].get("depends_on", {})), name


def test_orthanc_is_met_over_http_only_by_the_bridge_and_the_proxy() -> None:
    assert COMPOSE["networks"]["pacs"] == {"internal": True}
    on_pacs = {name for name, service in SERVICES.items() if "pacs" in service.get("networks", [])}
    assert on_pacs == {"orthanc", "pacs_bridge", "proxy"}
    assert [name for name, service in SERVICES.items() if "modalities" in service.get("networks", [])] == ["orthanc"]


def test_the_proxy_passes_nothing_to_orthanc_but_stow() -> None:
    [(path, block)] = [
        (path, block)
        for path, block in re.findall(
            r"location ~ (\S+) \{((?:[^{}]|\{[^{}]*\})*)\}", (REPOSITORY / "deploy/proxy/nginx.conf").read_text()
        )
        if "orthanc" in block
    ]
    assert "limit_except POST { deny all; }" in block
    for allowed in ("/dicom-web/studies", "/dicom-web/studies/1.2.840.1"):
        assert re.match(path, allowed)
    for kept in (
        "/dicom-web/studies/1.2/series",
        "/dicom-web/servers",
        "/instances",
        "/dicom-web/studies/../../system",
    ):
        assert not re.match(path, kept)


def test_database_and_broker_are_met_only_by_what_works_with_them() -> None:
    assert COMPOSE["networks"]["data"] == COMPOSE["networks"]["services"] == {"internal": True}
    on_data = {name for name, service in SERVICES.items() if "data" in service.get("networks", [])}
    workers = {"ct_segmentation", "ct_segmentation_stat", "heart_rate", "risk_scoring"}
    assert on_data == {"mysql", "redis", "migrate", "first_admin", "pacs_account", "pacs_bridge", "gateway", *workers}
    assert SERVICES["mysql"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


def test_only_proxy_grafana_alertmanager_and_orthanc_reach_beyond_the_machine() -> None:
    outward = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    reaching = {name for name, service in SERVICES.items() if outward & set(service.get("networks", []))}
    assert reaching == {"proxy", "grafana", "alertmanager", "orthanc"}


def test_every_container_has_its_networks_named() -> None:
    for name, service in SERVICES.items():
        assert service.get("networks") or service.get("network_mode") == "none", name


def test_nothing_waits_for_grafana() -> None:
    assert not any("grafana" in service.get("depends_on", {}) for service in SERVICES.values())


def test_no_password_is_written_down() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            secret = re.search("PASSWORD|SECRET|TOKEN|DATABASE_URL|BROKER_URL", variable)
            assert not secret or (variable.endswith("_FILE") and value.startswith("/run/dhn-secrets/")), name


def test_each_secrets_volume_is_read_by_its_consumers_alone() -> None:
    readers: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source, target, *mode = volume.split(":")
            if not source.startswith("secrets_"):
                continue
            if name == "secrets":
                assert target == f"/secrets/{source.removeprefix('secrets_')}"
                continue
            assert mode == ["ro"], f"{name} could change {source}"
            readers.setdefault(source, set()).add(name)
    assert readers == {
        "secrets_platform": {
            *("gateway", "migrate", "first_admin", "pacs_account", "ct_segmentation", "ct_segmentation_stat"),
            *("heart_rate", "risk_scoring"),
        },
        "secrets_mysql": {"mysql"},
        "secrets_redis": {"redis"},
        "secrets_grafana": {"grafana", "passwords"},
        "secrets_first_admin": {"first_admin", "passwords"},
        "secrets_orthanc": {"orthanc", "passwords"},
        "secrets_pacs_bridge": {"pacs_bridge", "pacs_account"},
    }


def test_every_queue_has_a_worker_and_acute_studies_one_of_their_own() -> None:
    drained = {
        name: [Queue(queue) for queue in service["command"][service["command"].index("--queues") + 1 :]]
        for name, service in SERVICES.items()
        if "--queues" in service.get("command", [])
    }
    assert drained["ct_segmentation_stat"] == [Queue.CT_STAT]
    for service in (heart_rate(), risk_scoring()):
        assert SERVICES[service.name]["command"] == [f"services.{service.name}", "work"]
        drained[service.name] = list(service.queues)
    assert {queue for queues in drained.values() for queue in queues} == set(Queue)


def test_every_variable_of_ours_is_a_setting_that_exists() -> None:
    for service in SERVICES.values():
        for variable in service.get("environment", {}):
            if variable.startswith("DHN_"):
                assert variable.removeprefix("DHN_").lower() in Settings.model_fields, variable


def test_every_optional_variable_has_a_default_so_that_no_file_has_to_be_edited() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    assert all(":-" in variable for variable in re.findall(r"(?<!\$)\$\{[^}]*\}", text) if "NAME" not in variable)


def test_every_mounted_file_of_the_repository_is_there() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if found := re.match(r"(?:\$\{\w+:-)?(\./[^:}]+)", volume):
                assert (REPOSITORY / found[1]).exists(), volume


def test_images_of_others_have_a_version() -> None:
    for name, service in SERVICES.items():
        assert ":" in service["image"], name
        assert not service["image"].endswith("latest"), name


def test_the_proxy_sends_the_policy_of_the_gateway() -> None:
    text = (REPOSITORY / "deploy/proxy/snippets/page-headers.conf").read_text()
    sent = {
        name.lower(): value
        for name, value in re.findall(r'^add_header (\S+) "?([^"]+?)"? always;$', text, re.MULTILINE)
    }
    assert sent.pop("strict-transport-security") == "$strict_transport_security"
    gateway = dict(TestClient(SecurityHeaders(Response(), https=True)).get("/").headers)
    hsts = gateway.pop("strict-transport-security")
    assert sent == {name: value for name, value in gateway.items() if name != "content-length"}
    assert f'on "{hsts}";' in (REPOSITORY / "deploy/proxy/nginx.conf").read_text()


def test_the_proxy_lets_through_what_the_gateway_takes() -> None:
    sizes = re.findall(r"client_max_body_size (\d+)m;", (REPOSITORY / "deploy/proxy/nginx.conf").read_text())
    [megabytes] = set(sizes)
    for limit in ("upload_max_bytes", "video_max_bytes"):
        assert int(megabytes) * 2**20 > Settings.model_fields[limit].default


def test_each_page_location_sends_the_headers_itself() -> None:
    """nginx drops inherited headers in a block that has an add_header of its own."""
    for block in re.findall(r"location [^{]+\{([^{}]*)\}", (REPOSITORY / "deploy/proxy/nginx.conf").read_text()):
        if "add_header" in block or "try_files" in block:
            assert "include /etc/nginx/snippets/page-headers.conf;" in block
