"""Prometheus' and Alertmanager's own checkers accept the configuration, and the alert rules do what they say."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[3] / "deploy"
RULES = sorted((DEPLOY / "prometheus/rules").glob("*.yml"))
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for path in RULES
    for group in yaml.safe_load(path.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def accepted(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_accepts_its_configuration_and_rules() -> None:
    accepted("promtool", "check", "config", str(DEPLOY / "prometheus/prometheus.yml"))


@pytest.mark.parametrize("tests", sorted((DEPLOY / "prometheus/tests").glob("*.yml")), ids=lambda path: path.stem)
def test_the_alert_rules_pass_their_own_tests(tests: Path) -> None:
    accepted("promtool", "test", "rules", str(tests))


def test_every_rule_file_has_tests() -> None:
    assert {path.name for path in RULES} == {path.name for path in (DEPLOY / "prometheus/tests").glob("*.yml")}


def test_alertmanager_accepts_its_configuration() -> None:
    accepted("amtool", "check-config", str(DEPLOY / "alertmanager/alertmanager.yml"))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"alertname": "StatStudyWaits", "severity": "critical"}, "on_call"),
        ({"alertname": "StudyWaits", "severity": "warning"}, "operators"),
        ({"alertname": "Watchdog", "severity": "none"}, "heartbeat"),
    ],
)
def test_an_alert_reaches_the_receiver_of_its_severity(labels: dict[str, str], receiver: str) -> None:
    configuration = f"--config.file={DEPLOY / 'alertmanager/alertmanager.yml'}"
    told = [f"{name}={value}" for name, value in labels.items()]
    accepted("amtool", "config", "routes", "test", configuration, f"--verify.receivers={receiver}", *told)


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_says_how_grave_it_is_and_what_to_do(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ("critical", "warning", "none")
    assert alert["annotations"]["summary"]
    assert len(alert["annotations"]["runbook"]) > 40
