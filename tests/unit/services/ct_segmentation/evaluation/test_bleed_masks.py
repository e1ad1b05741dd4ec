import gzip
import zipfile

import nibabel as nib
import numpy as np
import pytest

from services.ct_segmentation.evaluation.bleed_masks import BleedMasks
from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, ImageUnreadableError

# Columns to the patient's left, rows to the back (so minus in NIfTI's RAS), slices upwards and shifted: a tilt.
AFFINE_RAS = np.array([[-0.5, 0, 0, 10], [0, -0.4, 1.2, 20], [0, 0, 5, 30], [0, 0, 0, 1.0]])


def packed(labels: np.ndarray) -> bytes:
    return gzip.compress(nib.Nifti1Image(labels.astype(np.uint8), AFFINE_RAS).to_bytes())


def test_masks_of_all_zip_files_come_in_the_order_of_files_with_their_place_in_the_patient(tmp_path) -> None:
    labels = np.zeros((7, 6, 5))  # column, row, slice
    labels[4, 2, 1] = 1
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as file:
        file.writestr("set/test/label/scan2.nii.gz", packed(np.ones((7, 6, 5))))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("set/label/scan1.nii.gz", packed(labels))
        file.writestr("set/notes.txt", "no mask")

    masks = BleedMasks.open(tmp_path)

    first, second = masks
    assert (len(masks), first.name, second.name) == (2, "scan1", "scan2")
    assert np.argwhere(first.mask).tolist() == [[1, 2, 4]]
    np.testing.assert_allclose(first.affine @ (4, 2, 1, 1), [-(10 - 2), -(20 - 0.8 + 1.2), 35, 1])
    assert second.mask.all()


def test_a_folder_without_masks_is_named(tmp_path) -> None:
    with pytest.raises(DatasetFileMissingError, match="No zip file"):
        BleedMasks.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"no NIfTI"), packed(np.ones((3, 3, 3)))[:-30]],
    ids=["empty", "no gzip", "no NIfTI", "cut short"],
)
def test_a_broken_mask_is_named(tmp_path, content) -> None:
    with zipfile.ZipFile(tmp_path / "masks.zip", "w") as file:
        file.writestr("label/scan9.nii.gz", content)

    with pytest.raises(ImageUnreadableError, match="scan9"):
        list(BleedMasks.open(tmp_path))


def test_a_broken_zip_file_is_named(tmp_path) -> None:
    (tmp_path / "masks.zip").write_bytes(b"PK\x03\x04 cut short")

    with pytest.raises(ImageUnreadableError, match=r"masks\.zip"):
        BleedMasks.open(tmp_path)


def test_a_mask_with_a_fourth_dimension_is_refused(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "masks.zip", "w") as file:
        file.writestr("scan9.nii.gz", packed(np.ones((3, 3, 3, 2))))

    with pytest.raises(ImageUnreadableError, match="4 dimensions"):
        list(BleedMasks.open(tmp_path))
