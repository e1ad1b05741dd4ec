from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetLabelMapError,
    StudyUnknownError,
)
from services.ct_segmentation.training.datasets.instance22 import Instance22
from services.ct_segmentation.training.datasets.labelled_study import Label, LeftOut
from tests.fixtures.ct_datasets.instance22 import write_instance22
from tests.fixtures.ct_datasets.tiny_head import AFFINE, store_nifti, tiny_head


def label(seed: int) -> np.ndarray:
    drawn = np.zeros(tiny_head().shape, np.uint8)
    drawn[1 + seed % 3, 4:6, 3:5] = 1
    return drawn


SCANS = {f"{n:03d}": (tiny_head(n), label(n)) for n in (1, 2, 100)}


def test_a_scan_comes_with_its_outline_and_what_follows_from_it(tmp_path: Path) -> None:
    dataset = Instance22(write_instance22(tmp_path, SCANS))
    assert dataset.studies == {name: f"instance22-{name}" for name in ("001", "002", "100")}

    study = dataset.read("002")

    hu, drawn = SCANS["002"]
    np.testing.assert_array_equal(study.hu, hu)
    np.testing.assert_allclose(study.affine, AFFINE, atol=1e-6)
    assert study.outlines is not None
    np.testing.assert_array_equal(study.outlines.labels, drawn * np.uint8(Label.UNSPECIFIED))
    assert study.slice_types.present[:, 0].tolist() == [False, False, False, True, False, False]
    assert study.slice_types.known[3].tolist() == [True, *[False] * 5]  # a bleed of a type the set does not tell
    assert study.slice_types.known[0].all()  # no bleed, and so none of any type


@pytest.mark.parametrize("train", ["train_2", "train", "."])
def test_the_training_folder_goes_by_several_names(train: str, tmp_path: Path) -> None:
    assert list(Instance22(write_instance22(tmp_path, SCANS, train)).studies) == ["001", "002", "100"]


def test_the_later_release_goes_first(tmp_path: Path) -> None:
    write_instance22(tmp_path, SCANS, "train")
    write_instance22(tmp_path, {"007": SCANS["001"]}, "train_2")
    assert list(Instance22(tmp_path).studies) == ["007"]


def test_scans_and_labels_without_each_other_are_left_out_and_counted(tmp_path: Path) -> None:
    write_instance22(tmp_path, SCANS)
    (tmp_path / "train_2/label/002.nii.gz").unlink()
    (tmp_path / "train_2/data/100.nii.gz").unlink()

    dataset = Instance22(tmp_path)

    assert list(dataset.studies) == ["001"]
    assert {(entry.item, entry.code) for entry in dataset.left_out} == {
        ("002", "outline_missing"), ("100", "image_missing"),
    }  # fmt: skip


def test_one_unusable_study_is_passed_over_and_named(tmp_path: Path) -> None:
    write_instance22(tmp_path, SCANS)
    store_nifti(tmp_path / "train_2/label/002.nii.gz", label(2) * np.uint8(2))
    left_out: list[LeftOut] = []

    dataset = Instance22(tmp_path)

    assert [study.study for study in dataset.iterate(left_out.append)] == ["001", "100"]
    assert [(entry.item, entry.code) for entry in left_out] == [("002", DatasetLabelMapError.code)]
    with pytest.raises(DatasetLabelMapError):
        dataset.read("002")


def test_a_folder_without_the_layout_and_a_study_that_is_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileMissingError, match="train_2"):
        Instance22(tmp_path)
    (tmp_path / "train_2/data").mkdir(parents=True)
    (tmp_path / "train_2/label").mkdir()
    with pytest.raises(DatasetFileMissingError, match="no scan with a label"):
        Instance22(tmp_path)
    with pytest.raises(StudyUnknownError, match="101"):
        Instance22(write_instance22(tmp_path, SCANS)).read("101")
