import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from services.ct_segmentation.training.datasets.bhsd import Bhsd
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    SeriesUnusableError,
)
from services.ct_segmentation.training.datasets.rsna2019 import Rsna2019
from services.ct_segmentation.training.splits import split_patients
from services.ct_segmentation.volume import AIR_HU
from tests.fixtures.ct_datasets.bhsd import write_archive_layout
from tests.fixtures.ct_datasets.rsna2019 import Image, series_of, write_rsna
from tests.fixtures.ct_datasets.tiny_head import tiny_head

HU = tiny_head()
BLEEDING = ([], ["any", "epidural"], ["any", "intraventricular", "subdural"], [], [], ["any"])
SERIES, PATIENT = "ID_a1b2c3d4e5", "ID_0b10cbee"


def one_series(**of_slice: Image) -> list[Image]:
    images = series_of(HU, PATIENT, SERIES, BLEEDING)
    return [of_slice.get(f"s{k}", image) for k, image in enumerate(images)]


def test_slices_are_sorted_by_position_with_their_own_labels(tmp_path: Path) -> None:
    images = one_series()
    assert [image.name for image in images] != sorted(image.name for image in images)

    dataset = Rsna2019(write_rsna(tmp_path, images))
    study = dataset.read(SERIES)

    assert dataset.studies == {SERIES: f"rsna-{PATIENT}"}
    np.testing.assert_array_equal(study.hu, HU)
    assert study.spacing_mm == pytest.approx((5.0, 0.5, 0.4))
    assert study.affine[:3, 3].tolist() == [-125, -120, 0]
    # The columns of the set are epidural, intraparenchymal, ..., any; ours any, IPH, IVH, SAH, SDH, EDH.
    assert study.slice_types.present.astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 1],
        [1, 0, 1, 0, 1, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
    ]
    assert study.slice_types.known[:5].all()
    assert study.slice_types.known[5].tolist() == [True, *[False] * 5]  # "any" alone: of which type is untold
    assert study.outlines is None


def test_a_prone_patients_slices_keep_their_labels_when_turned(tmp_path: Path) -> None:
    """Lying prone, rows run to the right and columns to the front, and the image is turned by 180 degrees."""
    prone = [replace(i, hu=i.hu[::-1, ::-1], orientation=(-1, 0, 0, 0, -1, 0)) for i in one_series()]
    upside_down = [replace(i, hu=i.hu[:, ::-1], orientation=(-1, 0, 0, 0, 1, 0)) for i in one_series()]
    for number, images in enumerate((prone, upside_down)):
        study = Rsna2019(write_rsna(tmp_path / str(number), images)).read(SERIES)
        np.testing.assert_array_equal(study.hu, HU)
        assert study.slice_types.present[:, 0].tolist() == [False, True, True, False, False, True]


def test_rows_that_occur_twice_count_once_and_contradictions_are_unknown(tmp_path: Path) -> None:
    images = one_series()
    again = f"{images[1].name}_epidural,1"
    otherwise = f"{images[2].name}_subdural,0"

    dataset = Rsna2019(write_rsna(tmp_path, images, [again, again, otherwise]))
    types = dataset.read(SERIES).slice_types

    assert types.known[1].all()
    assert types.present[1].astype(int).tolist() == [1, 0, 0, 0, 0, 1]
    assert types.known[2].tolist() == [True, True, True, True, False, True]  # SDH is unknown
    assert {(entry.item, entry.code) for entry in dataset.left_out} == {
        (images[2].name, "labels_contradict"), (images[5].name, "labels_contradict"),
    }  # fmt: skip


def test_the_type_is_what_follows_the_last_underscore(tmp_path: Path) -> None:
    with pytest.raises(DatasetTableError, match="'ID_12_cerebral'"):
        Rsna2019(write_rsna(tmp_path / "a", one_series(), ["ID_12_cerebral,0"]))
    with pytest.raises(DatasetTableError, match="'ID'"):
        Rsna2019(write_rsna(tmp_path / "b", one_series(), ["ID,0"]))


def test_a_truncated_image_costs_its_slice_and_not_its_series(tmp_path: Path) -> None:
    broken = replace(one_series()[3], cut_to_bytes=70)  # as ID_6431af929 is
    dataset = Rsna2019(write_rsna(tmp_path, one_series(s3=broken)))

    study = dataset.read(SERIES)

    np.testing.assert_array_equal(study.hu, HU[[0, 1, 2, 4, 5]])
    assert study.slice_types.present[:, 0].tolist() == [False, True, True, False, True]
    assert ("dicom_truncated", broken.name) in {(entry.code, entry.item) for entry in study.left_out}
    assert study.spacing_mm[0] == pytest.approx(5.0)  # the gap does not stretch the others
    assert "spacing_irregular" in {entry.code for entry in study.left_out}


def test_a_file_cut_within_its_header_is_counted_and_its_series_read(tmp_path: Path) -> None:
    images = one_series()
    write_rsna(tmp_path, images)
    path = tmp_path / "stage_2_train" / f"{images[0].name}.dcm"
    path.write_bytes(path.read_bytes()[:200])

    dataset = Rsna2019(tmp_path)

    assert (images[0].name, "image_unreadable") in {(entry.item, entry.code) for entry in dataset.left_out}
    assert len(dataset.read(SERIES).hu) == 5


def test_a_file_without_what_decoding_needs_costs_its_slice(tmp_path: Path) -> None:
    images = one_series()
    path = write_rsna(tmp_path, images) / "stage_2_train" / f"{images[0].name}.dcm"
    dataset = dcmread(path)
    del dataset.BitsAllocated
    dataset.save_as(path)

    study = Rsna2019(tmp_path).read(SERIES)

    np.testing.assert_array_equal(study.hu, HU[1:])
    assert [(entry.item, entry.code) for entry in study.left_out] == [(images[0].name, "image_unreadable")]


@pytest.mark.parametrize("intercept", [0, 1])
def test_values_wrapped_in_twelve_unsigned_bits_are_restored(intercept: int, tmp_path: Path) -> None:
    """Against the fix that the competition's kernels use: add 1000, take 4096 off what reaches it, intercept -1000."""
    wrapped = [replace(image, bits=12, intercept=float(intercept)) for image in one_series()]
    write_rsna(tmp_path, wrapped)

    study = Rsna2019(tmp_path).read(SERIES)

    np.testing.assert_array_equal(study.hu, HU)
    stored = dcmread(tmp_path / "stage_2_train" / f"{wrapped[1].name}.dcm").pixel_array.astype(int)
    assert stored.max() > 3000  # air, stored as a large number
    shifted = stored + 1000
    kernels = np.where(shifted >= 4096, shifted - 4096, shifted) - 1000
    reached = kernels < 3000  # it leaves air below -1000 HU wrapped
    assert reached.mean() > 0.7
    np.testing.assert_array_equal((study.hu[1] - intercept)[reached], kernels[reached])


def test_padding_that_wrapped_around_is_air_and_dense_bone_stays(tmp_path: Path) -> None:
    """-2000 in twelve unsigned bits with an intercept of -1024 reads as 2096; enamel does too."""
    hu = HU.copy()
    hu[:, 5, 5] = 2500
    hu[:, [0, 0, -1, -1], [0, -1, 0, -1]] = -2000
    images = [replace(image, hu=plane, bits=12) for image, plane in zip(one_series(), hu, strict=True)]

    study = Rsna2019(write_rsna(tmp_path, images)).read(SERIES)

    np.testing.assert_array_equal(study.hu, np.where(hu == -2000, AIR_HU, hu))
    assert [entry.code for entry in study.left_out] == ["padding_wrapped"] * 6


def test_a_window_of_several_values_changes_nothing(tmp_path: Path) -> None:
    several = [replace(image, window=([40, 600], [80, 2800])) for image in one_series()]
    np.testing.assert_array_equal(Rsna2019(write_rsna(tmp_path, several)).read(SERIES).hu, HU)


def test_blank_repeated_and_odd_sized_slices_are_left_out(tmp_path: Path) -> None:
    images = series_of(tiny_head(shape=(9, 12, 10)), PATIENT, SERIES)
    images[2] = replace(images[2], hu=np.zeros((12, 10), np.int16))
    images[4] = replace(images[4], hu=tiny_head(shape=(1, 12, 12))[0])
    images[6] = replace(images[6], z_mm=images[7].z_mm)

    study = Rsna2019(write_rsna(tmp_path, images)).read(SERIES)

    assert len(study.hu) == 6
    codes = {entry.code: entry.item for entry in study.left_out}
    assert codes["image_blank"] == images[2].name
    assert codes["size_differs"] == images[4].name
    assert codes["position_repeated"] == max(images[6].name, images[7].name)


def test_a_series_that_makes_no_volume_is_refused(tmp_path: Path) -> None:
    images = one_series()[:4]
    with pytest.raises(SeriesUnusableError, match="4 of 4 slices"):
        Rsna2019(write_rsna(tmp_path / "few", images)).read(SERIES)
    askew = replace(one_series()[2], orientation=(1, 0, 0, 0, 0.8, 0.6))
    with pytest.raises(SeriesUnusableError, match="not parallel"):
        Rsna2019(write_rsna(tmp_path / "askew", one_series(s2=askew))).read(SERIES)


def test_images_without_rows_are_unknown_and_rows_without_images_counted(tmp_path: Path) -> None:
    images = one_series()
    write_rsna(tmp_path, images)
    table = tmp_path / "stage_2_train.csv"
    table.write_text("\n".join(row for row in table.read_text().splitlines() if images[0].name not in row))
    (tmp_path / "stage_2_train" / f"{images[4].name}.dcm").unlink()

    dataset = Rsna2019(tmp_path)
    study = dataset.read(SERIES)

    assert (images[4].name, "image_missing") in {(entry.item, entry.code) for entry in dataset.left_out}
    assert not study.slice_types.known[0].any()
    assert (images[0].name, "labels_missing") in {(entry.item, entry.code) for entry in study.left_out}


def cohort() -> list[Image]:
    """Six patients; the first two have three and two series, of which some look alike by name."""
    owners = ["ID_00000001"] * 3 + ["ID_00000002"] * 2 + [f"ID_0000000{n}" for n in range(3, 7)]
    series = [series_of(tiny_head(n), patient, f"ID_{n:010x}", seed=n) for n, patient in enumerate(owners)]
    return [image for images in series for image in images]


def test_no_split_by_patient_can_leak(tmp_path: Path) -> None:
    dataset = Rsna2019(write_rsna(tmp_path, cohort()))
    owners = {}  # from the files themselves, not from the reader
    for path in (tmp_path / "stage_2_train").iterdir():
        header = dcmread(path, stop_before_pixels=True)
        owners.setdefault(header.PatientID, set()).add(str(header.SeriesInstanceUID))
    assert len(dataset.studies) == 9
    for seed in range(50):
        split = split_patients(dataset.patients, test=2, validation=1, seed=seed)
        parts = [set(dataset.of(patients)) for patients in split.values()]
        assert sum(map(len, parts)) == 9
        for series in owners.values():
            assert sum(bool(series & part) for part in parts) == 1


def test_a_series_of_two_patients_or_of_nobody_belongs_to_no_part(tmp_path: Path) -> None:
    images = cohort()
    images[0] = replace(images[0], patient="ID_0000000f")
    images[-6:] = [replace(image, patient="") for image in images[-6:]]

    dataset = Rsna2019(write_rsna(tmp_path, images))

    assert len(dataset.studies) == 7
    mixed = {entry.item for entry in dataset.left_out if entry.code == "patients_mixed"}
    assert mixed == {images[0].series, images[-1].series}


def test_bhsd_calls_the_same_patients_the_same(tmp_path: Path) -> None:
    labelled = (tiny_head(), np.zeros(HU.shape, np.uint8))
    bhsd = Bhsd(write_archive_layout(tmp_path / "bhsd", {f"{PATIENT}_ID_f91d6a7cd2": labelled}))
    rsna = Rsna2019(write_rsna(tmp_path / "rsna", one_series()))
    assert bhsd.patients == rsna.patients


def test_the_index_is_kept_until_the_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, cache = write_rsna(tmp_path / "set", cohort()), tmp_path / "cache"
    first = Rsna2019(root, cache)

    def refuse(*_: object) -> None:
        raise AssertionError("a header was read again")

    with monkeypatch.context() as patched:
        patched.setattr("services.ct_segmentation.training.datasets.rsna2019_index.dcmread", refuse)
        assert Rsna2019(root, cache).studies == first.studies
    for path in sorted((root / "stage_2_train").iterdir())[:-6]:
        path.unlink()
    assert len(Rsna2019(root, cache).studies) < len(first.studies)


def test_kaggles_own_folder_is_found_and_missing_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileMissingError, match="stage_2_train/"):
        Rsna2019(tmp_path)
    inner = write_rsna(tmp_path / "rsna-intracranial-hemorrhage-detection", one_series())
    assert list(Rsna2019(tmp_path).studies) == [SERIES]
    (inner / "stage_2_train.csv").write_text("Image,Label\n")
    with pytest.raises(DatasetTableError, match=r"lacks the columns \['ID'\]"):
        Rsna2019(inner)
    (inner / "stage_2_train.csv").unlink()
    with pytest.raises(DatasetFileMissingError, match=r"stage_2_train\.csv"):
        Rsna2019(inner)
    shutil.rmtree(inner)


def test_a_tilted_gantry_is_kept_in_the_affine(tmp_path: Path) -> None:
    tilt = np.radians(20)
    down: NDArray[np.float64] = np.array([0, np.cos(tilt), -np.sin(tilt)])
    tilted = [replace(image, orientation=(1, 0, 0, *down.round(6).tolist())) for image in one_series()]

    study = Rsna2019(write_rsna(tmp_path, tilted)).read(SERIES)

    np.testing.assert_allclose(study.affine[:3, 2], [0, 0, 5.0], atol=1e-4)
    assert study.spacing_mm[0] == pytest.approx(5.0 * np.cos(tilt), rel=1e-4)
