import json
from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.nifti_output import write_nifti
from services.ct_segmentation.training.composed.blood import Label
from shared.evaluation import bootstrap
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.ct_datasets.instance22 import write_instance22
from tests.fixtures.framed import draw_framed_slices
from tests.fixtures.phe_sich import Lesion, draw_head


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_brightness_network(tmp_path_factory.mktemp("weights"))


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "REPEATS", 20)


@pytest.fixture
def composed(tmp_path: Path) -> Path:
    """What `compose` leaves: a part of two framed scans, and one whole volume in two kinds of slices."""
    data = draw_framed_slices(stacks=2)
    part = tmp_path / "composed" / "test"
    part.mkdir(parents=True)
    np.save(part / "images.npy", data.images)
    np.save(part / "masks.npy", data.masks)
    np.save(part / "bleeds.npy", data.bleeds)
    (part / "index.json").write_text(json.dumps({"types": data.types.tolist(), "stacks": data.stacks.tolist()}))
    volumes = tmp_path / "composed" / "volumes"
    volumes.mkdir()
    head = draw_head(Lesion(slices=(3, 4)))
    labels = np.where(head.haematoma, Label.SDH, 0).astype(np.uint8)
    for kind, slice_mm in (("thin", 2.5), ("5mm", 5.0)):
        affine = np.diag([0.5, 0.5, slice_mm, 1.0])
        write_nifti(volumes / f"001-{kind}.nii.gz", np.rint(head.hu).astype(np.int16), affine)
        write_nifti(volumes / f"001-{kind}-labels.nii.gz", labels, affine)
    return tmp_path / "composed"


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: object) -> dict[str, dict[str, object]]:
    common = ("--report", tmp_path / "report.json", "--figures", tmp_path / "figures", "--threads", 1)
    assert main(["evaluate-types", *map(str, (*arguments, *common))]) == 0
    report: dict[str, dict[str, object]] = json.loads((tmp_path / "report.json").read_text())
    assert json.loads(capsys.readouterr().out) == report
    return report


def test_composed_scans_are_judged_by_type_and_by_volume_and_named_generated(
    composed: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run(capsys, tmp_path, "--composed", composed, "--weights", weights)
    assert report["notes"][0].startswith("Generated data")
    assert report["data"]["generated"] is True
    assert (report["data"]["studies"], report["data"]["slices"]) == (2, 12)
    assert [row["type"] for row in report["tables"]["types_by_slice"]] == ["any", "IPH"]
    assert report["tables"]["types_by_slice"][0]["auc"]["value"] == 1.0
    exact_ml = 2 * np.pi * 11**2 * 5 / 1000
    error = report["metrics"]["5mm_volume_error_ml"]["value"]
    assert error < 0.06 * exact_ml
    # Slices of 2.5 mm hold half the volume; averaged in pairs with their neighbours, the clot is fainter at its ends.
    assert report["metrics"]["thin_volume_error_ml"]["value"] < 0.5 * exact_ml
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {"reliability_any.png", "roc_any.png", "volumes_5mm.png", "volumes_thin.png"} <= drawn


def test_a_public_set_is_judged_where_it_lies(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scans = {}
    for number, lesion in (("001", Lesion(slices=(3, 4))), ("002", None)):
        head = draw_head(lesion, size=512)
        scans[number] = np.rint(head.hu).astype(np.int16), head.haematoma.astype(np.uint8)
    folder = write_instance22(tmp_path / "set", scans)
    report = run(capsys, tmp_path, "--dataset", "instance22", "--data", folder, "--weights", weights)
    assert report["data"]["left_out"] == {}
    assert [row["type"] for row in report["tables"]["types_by_study"]] == ["any", "IPH"]
    assert report["metrics"]["missed_bleeds"]["value"] == 0.0
    assert report["metrics"]["invented_bleeds"]["value"] == 0.0
    assert report["metrics"]["bleed_dice"]["value"] > 0.9
    assert report["metrics"]["surface_mm"]["value"] < 1.0


def test_a_folder_without_composed_scans_is_named(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate-types", "--composed", str(tmp_path), "--weights", str(weights)]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "dataset_unreadable"
