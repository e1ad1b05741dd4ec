from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    LabelsMismatchError,
)
from services.ct_segmentation.training.datasets.labelled_study import Label
from services.ct_segmentation.training.datasets.physionet_ct_ich import PhysionetCtIch
from tests.fixtures.ct_datasets.physionet_ct_ich import SLICE_HEADER, Scan, write_physionet, write_slices
from tests.fixtures.ct_datasets.tiny_head import AFFINE, tiny_head

HU = tiny_head()
CLEAR = np.zeros(HU.shape, np.bool_)
MASK = CLEAR.copy()
MASK[1, 4:7, 3:6] = MASK[2, 5, 5] = True
# Slices 1 and 2 of the view bleed.
TYPES = ([], ["Intraventricular"], ["Epidural", "Subdural"], [], [], [])


def scans(**changes: Scan) -> dict[int, Scan]:
    return {49: Scan(HU, MASK, TYPES), 66: Scan(tiny_head(1), CLEAR, [[]] * 6)} | {
        int(name[1:]): scan for name, scan in changes.items()
    }


def test_image_mask_and_types_of_each_slice(tmp_path: Path) -> None:
    dataset = PhysionetCtIch(write_physionet(tmp_path, scans()))
    assert dataset.studies == {"049": "physionet_ct_ich-049", "066": "physionet_ct_ich-066"}

    study = dataset.read("049")

    np.testing.assert_array_equal(study.hu, HU)
    np.testing.assert_allclose(study.affine, AFFINE, atol=1e-6)
    assert study.outlines is not None
    np.testing.assert_array_equal(study.outlines.labels == Label.UNSPECIFIED, MASK)  # stored as 255
    assert study.outlines.trusted.all()
    # any, IPH, IVH, SAH, SDH, EDH; there is no column for "any".
    assert study.slice_types.present.astype(int).tolist()[:4] == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0],
        [1, 0, 0, 0, 1, 1],
        [0, 0, 0, 0, 0, 0],
    ]
    assert study.slice_types.known.all()
    assert study.study_types.present.astype(int).tolist() == [1, 0, 1, 0, 1, 1]
    assert study.left_out == ()


def test_slice_numbers_follow_the_file_where_it_runs_from_the_top(tmp_path: Path) -> None:
    dataset = PhysionetCtIch(write_physionet(tmp_path, scans(n50=Scan(HU, MASK, TYPES[::-1], axes="RAI"))))

    study, upright = dataset.read("050"), dataset.read("049")

    np.testing.assert_array_equal(study.hu, HU)
    np.testing.assert_array_equal(study.slice_types.present, upright.slice_types.present)
    assert study.left_out == ()


def test_patients_of_the_tables_without_a_scan_are_counted(tmp_path: Path) -> None:
    left_out = PhysionetCtIch(write_physionet(tmp_path, scans())).left_out
    assert [(entry.item, entry.code) for entry in left_out] == [(f"{n:03d}", "image_missing") for n in range(59, 66)]


def test_patient_70_is_left_out_unless_asked_for(tmp_path: Path) -> None:
    write_physionet(tmp_path, scans(n70=Scan(HU, MASK, TYPES)))

    dataset = PhysionetCtIch(tmp_path)

    assert "070" not in dataset.studies
    assert ("070", "diagnosis_doubtful") in {(entry.item, entry.code) for entry in dataset.left_out}
    assert "070" in PhysionetCtIch(tmp_path, keep_doubtful=True).studies


def test_where_mask_and_table_disagree_nothing_is_known(tmp_path: Path) -> None:
    mask = MASK.copy()
    mask[2], mask[4, 5, 5] = False, True

    study = PhysionetCtIch(write_physionet(tmp_path, scans(n50=Scan(HU, mask, TYPES)))).read("050")

    assert study.outlines is not None
    assert study.outlines.trusted.tolist() == [True, True, False, True, False, True]
    assert study.slice_types.known.all(axis=1).tolist() == [True, True, False, True, False, True]
    assert "mask_contradicts_table" in {entry.code for entry in study.left_out}


def test_demographics_are_compared_with_the_slices(tmp_path: Path) -> None:
    scan = Scan(HU, MASK, TYPES, diagnosis=["Subarachnoid"])
    dataset = PhysionetCtIch(write_physionet(tmp_path, scans(n50=scan), demographics="patient_demographics.csv"))
    assert [entry.code for entry in dataset.read("050").left_out] == ["diagnosis_differs"]
    assert dataset.read("049").left_out == ()  # the two-row header and the empty rows mislead nothing


def test_the_two_row_header_is_read_by_position(tmp_path: Path) -> None:
    """Each of the five columns is checked against the slices alone."""
    names = ["Intraventricular", "Intraparenchymal", "Subarachnoid", "Epidural", "Subdural"]
    bleed = {50 + i: Scan(HU, MASK, ([], [name], [name], [], [], [])) for i, name in enumerate(names)}
    dataset = PhysionetCtIch(write_physionet(tmp_path, bleed))
    assert [dataset.read(study).left_out for study in dataset.studies] == [()] * 5


def test_a_slice_without_a_row_is_unknown_and_one_too_many_is_refused(tmp_path: Path) -> None:
    short, long = Scan(HU, CLEAR, [[]] * 4), Scan(HU, CLEAR, [[]] * 7)
    dataset = PhysionetCtIch(write_physionet(tmp_path, scans(n50=short, n51=long)))

    assert dataset.read("050").slice_types.known.all(axis=1).tolist() == [True] * 4 + [False] * 2
    assert not dataset.read("050").study_types.known.any()
    with pytest.raises(LabelsMismatchError, match="slice 7 of scan 051, which has 6 slices"):
        dataset.read("051")


def test_rows_that_contradict_each_other_or_themselves_are_unknown(tmp_path: Path) -> None:
    write_physionet(tmp_path, scans())
    rows = [[49, k, 0, 0, 0, 0, 0, 1, 0] for k in range(1, 7)]
    rows += [[49, 2, 0, 0, 0, 0, 0, 1, 0]]  # the same again
    rows += [[49, 4, 0, 1, 0, 0, 0, 0, 0]]  # the slice bleeds after all
    rows[4] = [49, 5, 1, 0, 0, 0, 0, 1, 0]  # a type on a slice without haemorrhage
    rows[5] = [49, 6, "", 0, 0, 0, 0, "", ""]  # an empty cell
    write_slices(tmp_path, rows)

    types = PhysionetCtIch(tmp_path)._slices["049"]

    assert types[2][1].all()
    # any, IPH: the two rows of slice 4 disagree; the other types they agree on.
    assert types[4][1].tolist() == [False, False, True, True, True, True]
    assert types[6][1].tolist() == [False, True, False, True, True, True]
    assert not PhysionetCtIch(tmp_path).read("049").slice_types.known[4].any()


def test_missing_and_wrong_tables_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileMissingError, match="ct_scans"):
        PhysionetCtIch(tmp_path)
    write_physionet(tmp_path, scans())
    write_slices(tmp_path, [[49, 1, 2, 0, 0, 0, 0, 0, 0]])
    with pytest.raises(DatasetTableError, match="'2' in row 1, column Intraventricular"):
        PhysionetCtIch(tmp_path)
    write_slices(tmp_path, [["x", 1, 0, 0, 0, 0, 0, 1, 0]])
    with pytest.raises(DatasetTableError, match="'x' where a whole number"):
        PhysionetCtIch(tmp_path)
    write_slices(tmp_path, [], SLICE_HEADER[:-3])
    with pytest.raises(DatasetTableError, match=r"lacks the columns \['No_Hemorrhage', 'Subdural'\]"):
        PhysionetCtIch(tmp_path)
    (tmp_path / "hemorrhage_diagnosis_raw_ct.csv").unlink()
    with pytest.raises(DatasetFileMissingError, match=r"hemorrhage_diagnosis_raw_ct\.csv"):
        PhysionetCtIch(tmp_path)


def test_demographics_are_needed_in_their_layout(tmp_path: Path) -> None:
    write_physionet(tmp_path, scans())
    (tmp_path / "Patient_demographics.csv").write_text("Patient Number,Age\n49,3\n")
    with pytest.raises(DatasetTableError, match="lacks the five columns"):
        PhysionetCtIch(tmp_path)
    (tmp_path / "Patient_demographics.csv").unlink()
    with pytest.raises(DatasetFileMissingError, match=r"Patient_demographics\.csv"):
        PhysionetCtIch(tmp_path)
