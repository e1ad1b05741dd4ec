import json
import math
from pathlib import Path

import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.evaluation.evaluate import evaluate
from services.ct_segmentation.network import HaemorrhageNetwork
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

HEADS = {
    "0001": draw_head(Lesion(slices=(3, 4))),
    "0002": draw_head(Lesion(row=200, column=190, radius=16, slices=(2,)), seed=2),
    "0003": draw_head(seed=3),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("data"), HEADS)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brightness_network(tmp_path_factory.mktemp("weights"))


def test_a_network_that_is_right_by_construction_gets_the_figures_of_one(data: Path, weights: Path) -> None:
    report = evaluate(HaemorrhageNetwork.load(weights, threads=1), data, None)
    value = {name: metric.value for name, metric in report.metrics.items()}
    for perfect in ("slice_auc", "slice_sensitivity", "slice_specificity", "patient_sensitivity", "box_hit_rate"):
        assert value[perfect] == 1.0, perfect
    assert value["patient_specificity"] == 1.0
    assert value["false_positive_slices_per_patient"] == value["distant_false_alarm_rate"] == 0.0
    assert value["haematoma_dice_per_lesion_slice"] > 0.95
    assert value["brier"] < value["brier_of_prevalence"]
    assert value["study_sensitivity"] == value["study_specificity"] == value["study_specificity_stand_in"] == 1.0
    assert value["expected_calibration_error"] < 0.2
    assert math.isnan(value["calibration_slope"])  # the classes do not overlap
    assert sum(row["slices"] for row in report.tables["reliability"]) == 24
    assert report.data["patients"] == 3
    assert report.data["marked_slices"] == report.data["boxes"] == 3


def test_false_alarms_and_misses_are_counted(data: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = HaemorrhageNetwork.load(weights, threads=1)
    always = {"haematoma": 0.0, "oedema": 0.0, "any": 0.0, "IPH": 0.0}
    monkeypatch.setattr(HaemorrhageNetwork, "thresholds", always)
    figures = evaluate(network, data, ["0001", "0003"]).metrics
    assert figures["slice_specificity"].value == 0.0
    assert figures["distant_false_alarm_rate"].value == 1.0
    assert figures["false_positive_slices_per_patient"].value == (6 + 8) / 2
    assert figures["false_haematoma_slices_per_patient"].value == (6 + 8) / 2
    assert figures["box_hit_rate"].value == 0.0  # a mask over everything has its centroid in no box

    never = dict.fromkeys(always, 1.1)
    monkeypatch.setattr(HaemorrhageNetwork, "thresholds", never)
    figures = evaluate(network, data, ["0001", "0003"]).metrics
    assert figures["slice_sensitivity"].value == figures["patient_sensitivity"].value == 0.0
    assert figures["haematoma_dice"].value == 0.5  # 0 where a clot was missed, 1 where there was none


def test_the_command_line_writes_the_report_for_the_named_patients(
    data: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "patients.txt").write_text("0001\n0002\n")
    options = {
        "--data": data,
        "--patients": tmp_path / "patients.txt",
        "--report": tmp_path / "report.json",
        "--figures": tmp_path / "figures",
        "--weights": weights,
    }
    assert main(["evaluate", "--threads", "1", *(str(part) for pair in options.items() for part in pair)]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert json.loads(capsys.readouterr().out) == report
    assert set(report["metrics"]) | set(report["tables"]) == set(report["definitions"])
    assert (tmp_path / "figures" / "worst_cases.png").is_file()
    assert report["metrics"]["patient_specificity"] == {"value": None, "low": None, "high": None}
    interval = report["metrics"]["haematoma_dice"]
    assert interval["low"] <= interval["value"] <= interval["high"]


def test_a_refusal_is_json_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--data", str(tmp_path), "--weights", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "model_file_missing"
