from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.datasets.bhsd import Bhsd
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetLabelMapError,
    DatasetTableError,
)
from services.ct_segmentation.training.datasets.labelled_study import Label
from services.ct_segmentation.training.splits import split_patients
from tests.fixtures.ct_datasets.bhsd import LABELS, write_archive_layout, write_bhsd
from tests.fixtures.ct_datasets.tiny_head import store_nifti, tiny_head

# Two studies of one patient, as in the published list, and another patient's.
FIRST, SECOND, OTHER = "ID_2db7ee14_ID_2591d00dfc", "ID_2db7ee14_ID_f27e38fdfd", "ID_05331dc6_ID_47213b7e2e"
TEST = "ID_0237f3c9_ID_40015688b9"
CODED = np.zeros(tiny_head().shape, np.uint8)
for code in range(1, 6):
    CODED[code, code + 1, 3:6] = code  # slice k shows the set's code k alone
SCANS = {name: (tiny_head(seed), CODED) for seed, name in enumerate((FIRST, SECOND, OTHER))}


def test_the_sets_codes_become_ours(tmp_path: Path) -> None:
    study = Bhsd(write_bhsd(tmp_path, SCANS)).read(OTHER)

    np.testing.assert_array_equal(study.hu, SCANS[OTHER][0])
    assert study.outlines is not None
    for code, label in enumerate((Label.EDH, Label.IPH, Label.IVH, Label.SAH, Label.SDH), start=1):
        np.testing.assert_array_equal(study.outlines.labels == label, (CODED - code) == 0)
    assert study.slice_types.known.all()
    # Columns: any, IPH, IVH, SAH, SDH, EDH.
    assert study.slice_types.present.astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 1],
        [1, 1, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
    ]
    assert study.study_types.present.all()


def test_test_scans_have_no_labels_and_are_left_out(tmp_path: Path) -> None:
    dataset = Bhsd(write_bhsd(tmp_path, SCANS, {TEST: tiny_head(9)}))
    assert TEST not in dataset.studies
    assert [(entry.item, entry.code) for entry in dataset.left_out] == [(TEST, "outline_missing")]


def test_test_labels_are_used_where_a_copy_has_them(tmp_path: Path) -> None:
    write_bhsd(tmp_path, SCANS, {TEST: tiny_head(9)})
    store_nifti(tmp_path / "labelsTs" / f"{TEST}.nii.gz", CODED)
    assert TEST in Bhsd(tmp_path).studies


def test_both_studies_of_one_patient_stay_on_one_side_of_every_split(tmp_path: Path) -> None:
    dataset = Bhsd(write_bhsd(tmp_path, SCANS))
    assert len(dataset.patients) == 2
    for seed in range(20):
        split = split_patients(dataset.patients, test=1, validation=0, seed=seed)
        parts = [set(dataset.of(split[part])) for part in ("train", "test")]
        assert sorted(map(sorted, parts)) == [[OTHER], [FIRST, SECOND]]


def test_the_layout_of_the_authors_archive_is_read_too(tmp_path: Path) -> None:
    dataset = Bhsd(write_archive_layout(tmp_path, SCANS))
    assert list(dataset.studies) == [OTHER, FIRST, SECOND]
    np.testing.assert_array_equal(dataset.read(FIRST).hu, SCANS[FIRST][0])


def test_a_listed_scan_that_is_not_there_is_counted(tmp_path: Path) -> None:
    write_bhsd(tmp_path, SCANS)
    for folder in ("imagesTr", "labelsTr"):
        (tmp_path / folder / f"{SECOND}.nii.gz").unlink()
    assert [(entry.item, entry.code) for entry in Bhsd(tmp_path).left_out] == [(SECOND, "image_missing")]


def test_another_label_map_is_refused(tmp_path: Path) -> None:
    swapped = {**LABELS, "1": "intraparenchymal", "2": "epidural"}
    with pytest.raises(DatasetLabelMapError, match="not as BHSD does"):
        Bhsd(write_bhsd(tmp_path, SCANS, labels=swapped))


def test_a_listing_that_is_none_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileMissingError, match="imagesTr"):
        Bhsd(tmp_path)
    write_bhsd(tmp_path, SCANS)
    (tmp_path / "dataset.json").write_text("[]")
    with pytest.raises(DatasetTableError, match=r"dataset\.json"):
        Bhsd(tmp_path)


def test_a_name_that_tells_no_patient_is_left_out(tmp_path: Path) -> None:
    dataset = Bhsd(write_bhsd(tmp_path, {**SCANS, "scan7": SCANS[OTHER]}))
    assert "scan7" not in dataset.studies
    assert [(entry.item, entry.code) for entry in dataset.left_out] == [("scan7", "patient_unknown")]
