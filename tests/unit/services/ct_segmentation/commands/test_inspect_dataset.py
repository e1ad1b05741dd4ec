import json
from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.training.datasets.registry import DATASETS
from tests.fixtures.ct_datasets.cq500 import Series, write_reads, write_scan
from tests.fixtures.ct_datasets.instance22 import write_instance22
from tests.fixtures.ct_datasets.physionet_ct_ich import Scan, write_physionet
from tests.fixtures.ct_datasets.rsna2019 import series_of, write_rsna
from tests.fixtures.ct_datasets.tiny_head import store_nifti, tiny_head

MASK = np.zeros(tiny_head().shape, np.bool_)
MASK[1, 4:7, 3:6] = MASK[2, 5, 5] = True
TYPES = ([], ["Epidural"], ["Epidural", "Subdural"], [], [], [])


def inspect(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["inspect-dataset", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_studies_slices_types_and_spacings_are_counted(tmp_path: Path, capsys) -> None:
    scans = {49: Scan(tiny_head(), MASK, TYPES), 66: Scan(tiny_head(1), MASK & False, [[]] * 6)}
    write_physionet(tmp_path, scans)

    counted = inspect(capsys, "physionet_ct_ich", str(tmp_path))

    assert (counted["studies"], counted["patients"], counted["slices"], counted["outlined_studies"]) == (2, 2, 12, 2)
    assert counted["types_by_slice"]["any"] == {"present": 2, "absent": 10, "unknown": 0}
    assert counted["types_by_slice"]["SDH"] == {"present": 1, "absent": 11, "unknown": 0}
    assert counted["types_by_study"]["EDH"] == {"present": 1, "absent": 1, "unknown": 0}
    assert counted["spacing_mm"]["slice"] == {"min": 5.0, "median": 5.0, "max": 5.0}
    assert counted["spacing_mm"]["row"]["median"] == 0.5
    assert counted["left_out"]["image_missing"]["count"] == 7
    assert len(counted["left_out"]["image_missing"]["examples"]) == 5


def test_what_cannot_be_read_is_counted_with_its_reason(tmp_path: Path, capsys) -> None:
    label = MASK.astype(np.uint8)
    write_instance22(tmp_path, {name: (tiny_head(), label) for name in ("001", "002")})
    store_nifti(tmp_path / "train_2/label/002.nii.gz", label[1:])

    counted = inspect(capsys, "instance22", str(tmp_path))

    assert counted["studies"] == 1
    assert counted["types_by_slice"]["IPH"] == {"present": 0, "absent": 4, "unknown": 2}
    assert counted["left_out"]["labels_mismatch"]["examples"][0]["item"] == "002"


def test_a_limit_reads_the_first_studies_alone_and_the_index_is_kept(tmp_path: Path, capsys) -> None:
    images = [image for n in range(3) for image in series_of(tiny_head(n), f"ID_{n}", f"ID_{n:010x}", seed=n)]
    write_rsna(tmp_path / "set", images)

    counted = inspect(capsys, "rsna2019", str(tmp_path / "set"), "--limit", "2", "--cache", str(tmp_path / "cache"))

    assert (counted["studies"], counted["slices"]) == (2, 12)
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_study_without_slice_labels_is_counted_as_unknown(tmp_path: Path, capsys) -> None:
    write_scan(tmp_path, 5, [Series("Plain", tiny_head(shape=(12, 12, 10)), np.diag([0.4, 0.5, 10.0, 1.0]))])
    write_reads(tmp_path, {"CQ500-CT-5": {"ICH": "111", "SDH": "110"}})

    counted = inspect(capsys, "cq500", str(tmp_path))

    assert counted["types_by_slice"]["SDH"] == {"present": 0, "absent": 0, "unknown": 12}
    assert counted["types_by_study"]["SDH"] == {"present": 1, "absent": 0, "unknown": 0}
    assert counted["types_by_slice"]["EDH"] == {"present": 0, "absent": 12, "unknown": 0}


def test_a_wrong_folder_ends_with_its_code(tmp_path: Path, capsys) -> None:
    assert main(["inspect-dataset", "bhsd", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().err)["code"] == "dataset_file_missing"
    assert main(["inspect-dataset", "bhsd", str(tmp_path / "absent")]) == 2
    assert "There is no folder" in json.loads(capsys.readouterr().err)["detail"]


def test_help_names_every_set(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["inspect-dataset", "--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in DATASETS)
