import json

import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.network import WEIGHTS_FOLDER
from tests.fixtures.dicom_series import DicomOptions, dicom_files, write_zip
from tests.fixtures.head_phantom import small_head

needs_weights = pytest.mark.skipif(
    not (WEIGHTS_FOLDER / "manifest.json").exists(), reason="the shipped weights are not in this checkout"
)


@needs_weights
def test_predict_prints_the_report_and_writes_the_files(tmp_path, capsys) -> None:
    head = small_head(slices=8, slice_mm=20.0)
    write_zip(tmp_path / "study.zip", dicom_files(head.volume.hu, head.affine, DicomOptions()))

    code = main(["predict", str(tmp_path / "study.zip"), "--out", str(tmp_path / "out"), "--threads", "1"])

    printed = json.loads(capsys.readouterr().out)
    assert code == 0
    assert printed["report"]["geometry"]["slices"] == 8
    assert printed == json.loads((tmp_path / "out" / "report.json").read_text())
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.json", "volume.nii.gz", "mask.nii.gz", "native_mask.nii.gz", "doubt.nii.gz", "preview.png",
        "montage.png", "segmentation.dcm", "structured_report.dcm", "secondary_capture.dcm",
    }  # fmt: skip


@needs_weights
def test_a_refused_study_ends_with_its_code_as_json(tmp_path, capsys) -> None:
    (tmp_path / "report.dcm").write_bytes(b"%PDF-1.7")

    code = main(["predict", str(tmp_path / "report.dcm"), "--out", str(tmp_path / "out")])

    assert code == 2
    assert json.loads(capsys.readouterr().err)["code"] == "not_dicom"


def test_a_missing_input_is_named(tmp_path, capsys) -> None:
    assert main(["predict", str(tmp_path / "missing"), "--out", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "input_missing"


def test_help_tells_the_options(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["predict", "--help"])

    assert stop.value.code == 0
    assert "--out" in capsys.readouterr().out
