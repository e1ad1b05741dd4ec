import csv
import json
from pathlib import Path
from typing import Any

import pytest

from services.risk_scoring.__main__ import main
from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands import evaluate as evaluate_command
from services.risk_scoring.commands import train as train_command
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.evaluation import external, nested_report
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.training.nested import Plan
from services.risk_scoring.training.procedure import SPECS
from shared.evaluation.report import EvaluationReport
from tests.fixtures.risk_cohort import change_cell, write_cohort


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("cohort"), patients=60)


@pytest.fixture(autouse=True)
def few_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands as they are, but splitting little: what they say is tested, not how good the models are."""

    def small(**settings: Any) -> Plan:
        return Plan(**settings | {"repeats": 1, "folds": 2, "inner_repeats": 1, "inner_folds": 2, "jobs": 1})

    monkeypatch.setattr(evaluate_command, "Plan", small)
    monkeypatch.setattr(train_command, "Plan", small)


def test_trained_models_predict_every_admitted_patient(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--cohort", str(cohort), "--out", str(tmp_path / "weights")]) == 0
    capsys.readouterr()
    out = tmp_path / "risk.csv"
    weights = str(tmp_path / "weights")
    assert main(["predict", "--cohort", str(cohort), "--out", str(out), "--weights", weights]) == 0
    with out.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["patient_id"] for row in rows] == [f"sub{i:03d}" for i in range(1, 61)]
    assert all(0 < float(row["expansion_probability"]) < 1 and row["mrs_predicted"] in "0123456" for row in rows)
    assert json.loads(capsys.readouterr().out)["patients"] == 60


def test_a_patient_whom_the_model_refuses_gets_an_empty_line_and_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_cohort(tmp_path / "cohort", patients=5)
    change_cell(folder / "imaging.csv", 2, "hm_volume_ml", "0")
    out = tmp_path / "risk.csv"
    assert main(["predict", "--cohort", str(folder), "--out", str(out)]) == 0
    assert out.read_text().splitlines()[1] == "sub001,,"
    assert "haematoma_ml" in json.loads(capsys.readouterr().out)["refused"]["sub001"]


@pytest.fixture
def two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluate one model of each kind: all four take seconds."""
    for module in (nested_report, external):
        monkeypatch.setattr(module, "SPECS", SPECS[1:3])


@pytest.mark.usefixtures("two_models")
def test_evaluation_reports_models_with_intervals_and_an_external_cohort(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_cohort(tmp_path / "other", patients=50, seed=5)
    for table in other.iterdir():  # other people: no exam in common
        table.write_text(table.read_text().replace(",90", ",80").replace("\n90", "\n80"))
    report = tmp_path / "report.json"
    options = ["--cohort", str(cohort), "--test-cohort", str(other), "--report", str(report), "--quick"]
    assert main(["evaluate", *options]) == 0
    metrics = json.loads(report.read_text())["metrics"]
    for name in ("expansion_clinical_auc", "expansion_clinical_brier", "outcome_admission_mae"):
        assert metrics[name]["low"] <= metrics[name]["value"] <= metrics[name]["high"]
        assert f"external_{name}" in metrics
    assert "expansion_clinical_auc_with_treatments" in metrics
    assert json.loads(capsys.readouterr().out)["metrics"] == metrics


def test_a_test_cohort_that_was_trained_on_is_not_called_external(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external, "SPECS", SPECS[1:2])
    read = read_cohort(cohort)
    report = EvaluationReport(model={}, data={})
    external.add_external(report, read, read, ExpansionDefinition(), Plan(inner_repeats=1, inner_folds=2))
    assert "seen_expansion_clinical_auc" in report.metrics
    assert not any(name.startswith("external_") for name in report.metrics)
    assert any("trained on" in note for note in report.notes)


def test_a_test_cohort_without_outcomes_is_refused(cohort: Path, tmp_path: Path) -> None:
    unlabelled = read_cohort(write_cohort(tmp_path, patients=5))
    with pytest.raises(CohortTooSmallError, match="cannot judge any model"):
        external.add_external(
            EvaluationReport(model={}, data={}), read_cohort(cohort), unlabelled, ExpansionDefinition(), Plan()
        )


@pytest.mark.parametrize("command", ["evaluate", "train", "reproduce-paper", "predict"])
def test_a_folder_that_is_no_cohort_is_refused_by_code(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--out", str(tmp_path / "x.csv")] if command == "predict" else []
    assert main([command, "--cohort", str(tmp_path), *options]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "cohort_file_missing"


def test_a_threshold_of_zero_is_refused(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--cohort", str(cohort), "--absolute-ml", "0"]) == 2
    assert "absolute_ml" in json.loads(capsys.readouterr().err)["detail"]
