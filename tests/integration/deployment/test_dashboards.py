"""The dashboards against a real Prometheus that scrapes a real gateway and a real worker."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from deploy.grafana.operations_overview import PATH, operations_overview
from shared.observability import metrics
from tests.fixtures.platform import PlatformProcesses
from tests.fixtures.servers import free_port, wait_until

DEPLOY = Path(__file__).parents[3] / "deploy"
PANELS = [panel for panel in json.loads(PATH.read_text())["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for panel in PANELS
    for target in panel["targets"]
]
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
# Prometheus adds these to every series.
_ADDED_LABELS = {"job", "instance", "le"}


def exported() -> dict[str, set[str]]:
    """Labels of every series that shared/observability/metrics.py defines, by name."""
    found = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            [family] = metric.describe()
            for suffix in _SUFFIXES[family.type]:
                found[family.name + suffix] = set(metric._labelnames)
    return found


def rule_texts() -> list[str]:
    groups = [
        g for path in (DEPLOY / "prometheus/rules").glob("*.yml") for g in yaml.safe_load(path.read_text())["groups"]
    ]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def recorded() -> set[str]:
    return set(re.findall(r"record: (\S+)", (DEPLOY / "prometheus/rules/requests.yml").read_text()))


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private Prometheus with the deployment's configuration; only its targets are other addresses."""
    directory = tmp_path_factory.mktemp("watched")
    worker_port, port = free_port(), free_port()
    url = f"sqlite:///{directory / 'platform.sqlite3'}"
    platform = PlatformProcesses(directory, url, "memory://", metrics_port=str(worker_port))
    with ExitStack() as running:
        running.callback(platform.stop_all)
        platform.prepare()
        platform.start_gateway()
        platform.start_worker()
        targets = {"gateway": platform.port, "ct_segmentation": worker_port, "prometheus": port}
        running.enter_context(_prometheus(_pointed_at(targets, directory), port))
        platform.client().add_patient()
        base_url = f"http://127.0.0.1:{port}/api/v1"
        wait_until(lambda: _sees(base_url, targets), f"Prometheus scrapes {', '.join(targets)}", patience_s=180)
        yield base_url


@contextmanager
def _prometheus(configuration: Path, port: int) -> Iterator[None]:
    storage = f"--storage.tsdb.path={configuration.parent / 'tsdb'}"
    command = ["prometheus", f"--config.file={configuration}", storage, f"--web.listen-address=127.0.0.1:{port}"]
    with (configuration.parent / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _pointed_at(ports: dict[str, int], directory: Path) -> Path:
    configuration = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    del configuration["alerting"]
    configuration["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yml")]
    configuration["scrape_configs"] = [
        {"job_name": scrape["job_name"], "static_configs": [{"targets": [f"127.0.0.1:{ports[scrape['job_name']]}"]}]}
        for scrape in configuration["scrape_configs"]
        if scrape["job_name"] in ports
    ]
    path = directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration))
    return path


def _sees(base_url: str, targets: dict[str, int]) -> bool:
    try:
        # A rate needs two samples.
        answer = httpx.get(f"{base_url}/query", params={"query": "count_over_time(up[1m]) > 2 and up == 1"})
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and len(answer.json()["data"]["result"]) == len(targets)


def evaluate(prometheus: str, expression: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{prometheus}/query", params={"query": expression})
    body = answer.json()
    assert body["status"] == "success", body
    series: list[dict[str, Any]] = body["data"]["result"]
    return series


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_panel_asks_what_prometheus_can_answer(prometheus: str, expression: str) -> None:
    evaluate(prometheus, expression)


@pytest.mark.parametrize(
    "title",
    [
        *("Parts that answer", "Workers that work", "Oldest waiting acute CT", "Dead letters", "Open clinical alerts"),
        *("Jobs waiting", "Age of the oldest waiting job", "Outbox", "Requests", "Time to answer", "Slowest routes"),
        *("Live pages", "Memory", "Processor", "Time since start", "Firing operational alerts", "Attempts to sign in"),
    ],
)
def test_panels_of_what_always_exists_show_something(prometheus: str, title: str) -> None:
    [panel] = [panel for panel in PANELS if panel["title"] == title]
    for target in panel["targets"]:
        assert evaluate(prometheus, target["expr"]), target["expr"]


def test_all_rules_evaluate_without_error(prometheus: str) -> None:
    def rules() -> list[dict[str, Any]]:
        groups = httpx.get(f"{prometheus}/rules").json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] != "unknown" for rule in rules()), "every rule has been evaluated")
    assert {rule["name"]: rule["lastError"] for rule in rules() if rule["health"] != "ok"} == {}


def test_dashboards_and_rules_name_only_metrics_and_labels_that_exist() -> None:
    known, records = exported(), recorded()
    for expression in [*(parameter.values[0] for parameter in EXPRESSIONS), *rule_texts()]:
        assert set(re.findall(r"dhn:\w+(?::\w+)*", expression)) <= records, expression
        for name, selector in re.findall(r"\b(dhn_\w+)(?:\{([^}]*)\})?", expression):
            assert name in known, f"{name} in {expression}"
            assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)) <= known[name] | _ADDED_LABELS, expression


def test_every_metric_of_the_platform_is_shown() -> None:
    shown = " ".join(parameter.values[0] for parameter in EXPRESSIONS) + " ".join(rule_texts())
    families = {re.sub("_(total|bucket|sum|count)$", "", name) for name in exported()}
    assert {family for family in families if family not in shown} == set()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_has_a_unit_and_says_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert len(panel["description"]) > 20
    assert panel["datasource"]["uid"] == "prometheus"


def test_panels_neither_overlap_nor_leave_the_grid() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(PATH.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_the_committed_dashboard_is_the_one_that_the_code_writes() -> None:
    assert json.loads(PATH.read_text()) == operations_overview()


def test_the_provisioned_sources_are_those_that_panels_use() -> None:
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert {source["uid"]: source["url"] for source in sources} == {
        "prometheus": "http://prometheus:9090",
        "alertmanager": "http://alertmanager:9093",
    }
