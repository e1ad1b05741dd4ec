from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.datasets.cq500 import Cq500, scan_id
from services.ct_segmentation.training.datasets.cq500_series import BONE, CONTRAST, PLAIN, REPEATED
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    SeriesUnusableError,
)
from tests.fixtures.ct_datasets.cq500 import Series, write_archive, write_reads, write_scan
from tests.fixtures.ct_datasets.tiny_head import tiny_head


def affine(slice_mm: float) -> np.ndarray:
    return np.diag([0.4, 0.5, slice_mm, 1.0])


def series(name: str, slices: int, slice_mm: float, seed: int = 0, **more: object) -> Series:
    return Series(name, tiny_head(seed, (slices, 12, 10)), affine(slice_mm), **more)


THICK = series("Plain", 8, 12.0)
THIN = series("PLAIN THIN", 10, 9.0, seed=1)
CONTRAST_THIN = series("4cc sec 150cc D3D on", 11, 8.0, seed=2)
BONE_THIN = series("BONE", 11, 8.0, seed=3)


def chosen(root: Path, *of: Series) -> np.ndarray:
    write_scan(root, 7, of)
    write_reads(root, {"CQ500-CT-7": {}})
    return Cq500(root).read("CQ500CT7").hu


def test_names_of_tables_folders_and_archives_mean_one_scan() -> None:
    assert {scan_id(name) for name in ("CQ500-CT-7", "CQ500CT7 CQ500CT7", "CQ500-CT-7.zip", "cq500ct7")} == {"CQ500CT7"}
    assert scan_id("CQ500CT77 CQ500CT77") == "CQ500CT77"
    assert scan_id("reads") is None


def test_the_truth_is_what_two_of_three_readers_say(tmp_path: Path) -> None:
    write_scan(tmp_path, 0, [THICK])
    write_reads(
        tmp_path,
        {"CQ500-CT-0": {"ICH": "111", "IPH": "101", "IVH": "001", "SAH": "1-0", "SDH": "0-0", "EDH": "---"}},
    )

    study = Cq500(tmp_path).read("CQ500CT0")

    # any, IPH, IVH, SAH, SDH, EDH
    assert study.study_types.present.tolist() == [True, True, False, False, False, False]
    assert study.study_types.known.tolist() == [True, True, True, False, True, False]
    # Of a slice, only what the whole study rules out is known.
    assert (study.slice_types.known == [False, False, True, False, True, False]).all()
    assert not study.slice_types.present.any()
    assert study.patient == "cq500-0"


def test_a_study_without_a_bleed_has_slices_without_any(tmp_path: Path) -> None:
    write_scan(tmp_path, 3, [THICK])
    write_reads(tmp_path, {"CQ500-CT-3": {"ICH": "010"}})
    study = Cq500(tmp_path).read("CQ500CT3")
    assert study.slice_types.known.all()
    assert not study.slice_types.present.any()


def test_the_thinnest_plain_axial_series_is_read(tmp_path: Path) -> None:
    coronal = Series("Plain COR", tiny_head(5, (40, 12, 10)), np.array(
        [[0.4, 0, 0, 0], [0, 0, 2.0, 0], [0, -0.5, 0, 0], [0, 0, 0, 1.0]]
    ))  # fmt: skip
    petrous = series("PLAIN 0.6", 11, 1.0, seed=6)
    np.testing.assert_array_equal(chosen(tmp_path, CONTRAST_THIN, THICK, BONE_THIN, THIN, coronal, petrous), THIN.hu)


def test_a_bone_kernel_counts_whatever_the_name_says(tmp_path: Path) -> None:
    sharp = series("0.625mm", 11, 8.0, seed=4, kernel="BONEPLUS")
    np.testing.assert_array_equal(chosen(tmp_path, THICK, sharp), THICK.hu)


def test_between_equally_thin_series_the_one_called_plain_goes_first(tmp_path: Path) -> None:
    unnamed = series("THIN", 14, 9.0, seed=8)
    np.testing.assert_array_equal(chosen(tmp_path, unnamed, THIN), THIN.hu)


def test_where_the_best_series_makes_no_volume_the_next_is_read_and_it_is_named(tmp_path: Path) -> None:
    gap = series("PLAIN THIN", 10, 9.0, seed=1, omit=(4,))
    write_scan(tmp_path, 7, [THICK, gap])
    write_reads(tmp_path, {"CQ500-CT-7": {}})

    study = Cq500(tmp_path).read("CQ500CT7")

    np.testing.assert_array_equal(study.hu, THICK.hu)
    assert [entry.code for entry in study.left_out] == ["series_slice_gap_too_large"]


def test_a_scan_with_contrast_alone_is_left_out_with_the_reason(tmp_path: Path) -> None:
    write_scan(tmp_path, 7, [CONTRAST_THIN, BONE_THIN])
    write_reads(tmp_path, {"CQ500-CT-7": {}})
    with pytest.raises(SeriesUnusableError, match=r"4cc sec 150cc D3D on': contrast; .*BONE': bone kernel"):
        Cq500(tmp_path).read("CQ500CT7")


# Folder names of the published set, less "CT ".
@pytest.mark.parametrize(
    "name",
    ["Plain", "PLAIN THIN-2", "5mm", "55mm Plain", "3.753.75mm Plain", "I To S", "0.625mm-3", "Thin Plain",
     "BRAIN PLAIN", "PRE CONTRAST 5MM STD", "5 MM PRE CONTRAST", "PRE CONTRAST THIN", "Thin Details", "2.55mm",
     "Thin Stnd", "1.25MM", "0.625mm DMPR on HiRes VS40", "Helical"],
)  # fmt: skip
def test_plain_series_of_the_set_are_told_from_their_names(name: str) -> None:
    name = REPEATED.sub("", name)
    assert not BONE.search(name)
    assert PLAIN.search(name) or not CONTRAST.search(name)


@pytest.mark.parametrize(
    "name",
    ["4cc sec 150cc D3D on-3", "POST CONTRAST-4", "5mm POST CONTRAST", "CONTRAST", "ORAL IV", "55mm Contrast", "C-2",
     "C THIN", "CECT THIN", "Thin Contrast", "DE THIN", "1.25 MMC"],
)  # fmt: skip
def test_contrast_series_of_the_set_are_told_from_their_names(name: str) -> None:
    name = REPEATED.sub("", name)
    assert CONTRAST.search(name)
    assert not PLAIN.search(name)


@pytest.mark.parametrize("name", ["BONE", "PRE CONTRAST BONE", "LT THIN BONE", "Thin Bone", "HRCT", "THIN BONE PNS 55"])
def test_bone_series_of_the_set_are_told_from_their_names(name: str) -> None:
    assert BONE.search(name)


def test_archives_are_read_as_published_and_an_unpacked_scan_goes_first(tmp_path: Path) -> None:
    (tmp_path / "qct01").mkdir()
    write_archive(tmp_path / "qct01", 1, [THIN])
    write_archive(tmp_path / "qct01", 10, [THIN])
    write_scan(tmp_path / "qct01", 10, [THICK])
    write_reads(tmp_path, {"CQ500-CT-1": {}, "CQ500-CT-10": {}})

    dataset = Cq500(tmp_path)

    np.testing.assert_array_equal(dataset.read("CQ500CT1").hu, THIN.hu)
    np.testing.assert_array_equal(dataset.read("CQ500CT10").hu, THICK.hu)


def test_rows_and_scans_without_each_other_are_counted(tmp_path: Path) -> None:
    write_scan(tmp_path, 1, [THICK])
    write_scan(tmp_path, 2, [THICK])
    write_reads(tmp_path, {"CQ500-CT-1": {}, "CQ500-CT-3": {}})

    dataset = Cq500(tmp_path)

    assert list(dataset.studies) == ["CQ500CT1"]
    assert {(entry.item, entry.code) for entry in dataset.left_out} == {
        ("CQ500CT2", "labels_missing"), ("CQ500CT3", "image_missing"),
    }  # fmt: skip


def test_missing_and_wrong_tables_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileMissingError, match=r"reads\.csv"):
        Cq500(tmp_path)
    write_reads(tmp_path, {"CQ500-CT-1": {}})
    with pytest.raises(DatasetFileMissingError, match="holds no scan"):
        Cq500(tmp_path)
    write_reads(tmp_path, {"CQ500-CT-1": {}, "CQ500CT1": {}})
    with pytest.raises(DatasetTableError, match="'CQ500CT1' in row 2, twice"):
        Cq500(tmp_path)
    write_reads(tmp_path, {"someone": {}})
    with pytest.raises(DatasetTableError, match="no name of a CQ500 scan"):
        Cq500(tmp_path)
    write_reads(tmp_path, {"CQ500-CT-1": {"ICH": "0?1"}})
    with pytest.raises(DatasetTableError, match=r"'\?' in row 1, column R2:ICH"):
        Cq500(tmp_path)
    (tmp_path / "reads.csv").write_text("name,Category\n")
    with pytest.raises(DatasetTableError, match="R1:EDH"):
        Cq500(tmp_path)
