from itertools import permutations, product
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from services.ct_segmentation.training.datasets.errors import (
    DatasetLabelMapError,
    ImageUnreadableError,
    LabelsMismatchError,
)
from services.ct_segmentation.training.datasets.labelled_study import Label
from services.ct_segmentation.training.datasets.nifti_pairs import nifti_files, read_pair
from tests.fixtures.ct_datasets.tiny_head import AFFINE, store_nifti, tiny_head

HU = tiny_head()
LABELS = np.random.default_rng(3).integers(0, 3, HU.shape).astype(np.uint8)
CODES = {1: Label.SDH, 2: Label.IVH}
ISOTROPIC = np.diag([1.0, 1.0, 1.0, 1.0])
EVERY_ORIENTATION = ["".join(way) for axes in permutations(("LR", "AP", "IS")) for way in product(*axes)]


@pytest.mark.parametrize("axes", EVERY_ORIENTATION)
def test_image_and_outline_come_out_upright_from_every_orientation(axes: str, tmp_path: Path) -> None:
    image, outline = tmp_path / "image.nii.gz", tmp_path / "outline.nii.gz"
    store_nifti(image, HU, axes, ISOTROPIC)
    store_nifti(outline, LABELS, axes, ISOTROPIC)

    pair = read_pair(image, outline, CODES)

    np.testing.assert_array_equal(pair.view.hu, HU)
    np.testing.assert_array_equal(pair.labels == Label.SDH, LABELS == 1)
    np.testing.assert_array_equal(pair.labels == Label.IVH, LABELS == 2)
    np.testing.assert_allclose(pair.view.affine, ISOTROPIC, atol=1e-6)
    assert pair.left_out == ()


def test_a_header_without_a_unit_is_in_millimetres(tmp_path: Path) -> None:
    image, outline = tmp_path / "image.nii", tmp_path / "outline.nii"
    store_nifti(image, HU, unit="unknown")
    store_nifti(outline, LABELS, unit="unknown")

    assert read_pair(image, outline, CODES).view.spacing_mm == pytest.approx((5.0, 0.5, 0.4))


@pytest.mark.parametrize("axes", ["LPS", "RAI"])
def test_an_outline_without_orientation_is_paired_voxel_by_voxel(axes: str, tmp_path: Path) -> None:
    image, outline = tmp_path / "image.nii", tmp_path / "outline.nii"
    store_nifti(image, HU, axes)
    store_nifti(outline, LABELS, axes, placed=False)

    pair = read_pair(image, outline, CODES)

    np.testing.assert_array_equal(pair.labels == Label.SDH, LABELS == 1)
    assert pair.left_out == ()


def test_an_outline_that_says_to_lie_elsewhere_is_named(tmp_path: Path) -> None:
    moved = AFFINE.copy()
    moved[0, 3] += 0.3  # three quarters of the smallest voxel side
    store_nifti(tmp_path / "image.nii", HU)
    store_nifti(tmp_path / "outline.nii", LABELS, affine=moved)

    assert [entry.code for entry in read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", CODES).left_out] == [
        "outline_placed_elsewhere"
    ]


@pytest.mark.parametrize(("stored", "dtype"), [(255, np.uint8), (-1, np.int8), (1, np.uint8), (255.0, np.float32)])
def test_every_value_but_zero_is_inside_a_binary_mask(stored: float, dtype: type, tmp_path: Path) -> None:
    inside = LABELS == 1
    store_nifti(tmp_path / "image.nii", HU)
    store_nifti(tmp_path / "outline.nii", np.where(inside, stored, 0).astype(dtype))

    pair = read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", Label.UNSPECIFIED)

    np.testing.assert_array_equal(pair.labels, np.where(inside, Label.UNSPECIFIED, 0))


def test_a_code_that_the_set_does_not_publish_is_refused(tmp_path: Path) -> None:
    store_nifti(tmp_path / "image.nii", HU)
    store_nifti(tmp_path / "outline.nii", np.where(LABELS == 2, 7, LABELS).astype(np.uint8))

    with pytest.raises(DatasetLabelMapError, match=r"outline\.nii holds the codes \[7\.0\]"):
        read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", CODES)


def test_another_shape_is_refused(tmp_path: Path) -> None:
    store_nifti(tmp_path / "image.nii", HU)
    store_nifti(tmp_path / "outline.nii", LABELS[1:])

    with pytest.raises(LabelsMismatchError, match="10x12x6 and 10x12x5"):
        read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", CODES)


def test_broken_files_are_named(tmp_path: Path) -> None:
    image, outline = tmp_path / "image.nii", tmp_path / "outline.nii"
    store_nifti(image, HU)
    outline.write_bytes(b"no volume")
    with pytest.raises(ImageUnreadableError, match=r"outline\.nii"):
        read_pair(image, outline, CODES)
    image.write_bytes(image.read_bytes()[:-100])
    with pytest.raises(ImageUnreadableError, match=r"image\.nii"):
        read_pair(image, outline, CODES)


def test_an_image_without_orientation_is_refused(tmp_path: Path) -> None:
    store_nifti(tmp_path / "image.nii", HU, placed=False)
    store_nifti(tmp_path / "outline.nii", LABELS)

    with pytest.raises(ImageUnreadableError, match="left and right are unknown"):
        read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", CODES)


def test_files_are_listed_by_id_and_hidden_ones_passed_over(tmp_path: Path) -> None:
    for name in ("002.nii.gz", "001.nii", "._002.nii.gz", "readme.txt"):
        (tmp_path / name).touch()
    assert list(nifti_files(tmp_path)) == ["001", "002"]
    assert nifti_files(tmp_path / "absent") == {}


def test_a_fourth_axis_of_one_is_no_axis(tmp_path: Path) -> None:
    store_nifti(tmp_path / "image.nii", HU)
    four = nib.Nifti1Image(LABELS.transpose(2, 1, 0)[..., None], np.diag([-1.0, -1.0, 1.0, 1.0]) @ AFFINE)
    nib.save(four, tmp_path / "outline.nii")

    pair = read_pair(tmp_path / "image.nii", tmp_path / "outline.nii", CODES)

    np.testing.assert_array_equal(pair.labels == Label.SDH, LABELS == 1)
