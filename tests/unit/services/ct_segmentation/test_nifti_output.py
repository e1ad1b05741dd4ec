import nibabel as nib
import numpy as np
import pytest
import SimpleITK

from services.ct_segmentation.nifti_output import write_nifti
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.reading.study_files import study_files_at
from tests.fixtures.head_phantom import small_head

HEAD = small_head(pixels=48, row_spacing_mm=4.8, column_spacing_mm=4.4, slices=20, slice_mm=8, subslices=1)


def test_a_volume_is_placed_where_simpleitk_and_nibabel_expect_it(tmp_path) -> None:
    path = tmp_path / "volume.nii.gz"
    write_nifti(path, HEAD.volume.hu, HEAD.affine)

    image, reference = nib.load(path), SimpleITK.ReadImage(str(path))
    assert image.get_data_dtype() == np.int16
    assert image.header.get_xyzt_units()[0] == "mm"
    assert (int(image.header["sform_code"]), int(image.header["qform_code"])) == (1, 1)
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(reference), HEAD.volume.hu)
    for index in ((0, 0, 0), (47, 3, 19)):
        expected = (HEAD.affine @ (*index, 1))[:3]
        np.testing.assert_allclose(reference.TransformIndexToPhysicalPoint(index), expected, atol=1e-3)
        np.testing.assert_allclose(nib.affines.apply_affine(image.affine, index) * (-1, -1, 1), expected, atol=1e-3)


def test_a_sheared_grid_keeps_its_shear_and_has_no_qform(tmp_path) -> None:
    head = small_head(pixels=24, tilt_degrees=14, subslices=1)
    write_nifti(tmp_path / "mask.nii.gz", head.volume.labels, head.affine)

    image = nib.load(tmp_path / "mask.nii.gz")

    assert int(image.header["qform_code"]) == 0
    np.testing.assert_allclose(np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine, head.affine, atol=1e-4)
    assert image.get_data_dtype() == np.uint8


def test_what_was_written_is_read_back(tmp_path) -> None:
    write_nifti(tmp_path / "volume.nii.gz", HEAD.volume.hu, HEAD.affine)

    volume = read_study(study_files_at(tmp_path / "volume.nii.gz"))

    np.testing.assert_array_equal(volume.hu, HEAD.volume.hu)
    np.testing.assert_allclose(volume.affine, HEAD.affine, atol=1e-4)


@pytest.mark.parametrize("flip", [1, -1])
def test_equal_content_gives_equal_bytes_even_from_a_flipped_view(tmp_path, flip: int) -> None:
    view = HEAD.volume.hu[::flip]
    write_nifti(tmp_path / "a.nii.gz", view, HEAD.affine)
    write_nifti(tmp_path / "b.nii.gz", view.copy(), HEAD.affine)

    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
