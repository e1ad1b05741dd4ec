import nibabel as nib
import numpy as np
import pytest
import SimpleITK

from services.ct_segmentation.errors import NiftiOrientationMissingError
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.volume import AIR_HU
from tests.fixtures.dicom_series import DicomOptions, dicom_files, file_of, nifti_bytes
from tests.fixtures.head_phantom import small_head

HEAD = small_head(pixels=64, row_spacing_mm=3.6, column_spacing_mm=3.2, slices=16, slice_mm=10.0, subslices=1)


def image(data=None, affine=None) -> nib.Nifti1Image:
    data = HEAD.volume.hu.transpose(2, 1, 0) if data is None else data
    made = nib.Nifti1Image(data, np.diag([-1.0, -1.0, 1.0, 1.0]) @ HEAD.affine if affine is None else affine)
    made.header.set_xyzt_units("mm")
    return made


@pytest.mark.parametrize("tilt", [0.0, 12.0])
def test_nifti_and_dicom_of_one_head_are_the_same_volume(tilt: float) -> None:
    head = small_head(pixels=64, row_spacing_mm=3.6, column_spacing_mm=3.2, slices=16, slice_mm=10, tilt_degrees=tilt)
    from_nifti = read_study([file_of("head.nii.gz", nifti_bytes(head.volume.hu, head.affine))])
    from_dicom = read_study(dicom_files(head.volume.hu, head.affine, DicomOptions()))

    np.testing.assert_array_equal(from_nifti.hu, from_dicom.hu)
    np.testing.assert_allclose(from_nifti.affine, from_dicom.affine, atol=1e-4)
    assert from_nifti.identity is None
    assert from_nifti.acquisition.source == "nifti"


def test_positions_agree_with_simpleitk(tmp_path) -> None:
    path = tmp_path / "head.nii.gz"
    path.write_bytes(nifti_bytes(HEAD.volume.hu, HEAD.affine))
    reference = SimpleITK.ReadImage(str(path))

    volume = read_study([file_of("head.nii.gz", path.read_bytes())])

    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(reference), volume.hu)
    for index in ((0, 0, 0), (63, 2, 15)):
        np.testing.assert_allclose(
            (volume.affine @ (*index, 1))[:3], reference.TransformIndexToPhysicalPoint(index), atol=1e-4
        )


def test_scaled_floating_point_and_second_version_files_are_rescaled() -> None:
    second = nib.Nifti2Image(HEAD.volume.hu.transpose(2, 1, 0).astype(np.float32)[..., None], image().affine)
    second.header.set_xyzt_units("mm")

    raw = bytearray(image((HEAD.volume.hu.transpose(2, 1, 0) + 1024).astype(np.uint16)).to_bytes())
    raw[112:120] = np.array([1.0, -1024.0], "<f4").tobytes()  # scl_slope, scl_inter
    for data in (bytes(raw), second.to_bytes()):
        np.testing.assert_array_equal(read_study([file_of("head.nii", data)]).hu, HEAD.volume.hu)


@pytest.mark.parametrize(("unit", "factor"), [("meter", 1e-3), ("micron", 1e3)])
def test_other_units_of_length_are_converted(unit: str, factor: float) -> None:
    affine = image().affine.copy()
    affine[:3] *= factor
    made = image(affine=affine)
    made.header.set_xyzt_units(unit)

    volume = read_study([file_of("head.nii", made.to_bytes())])

    assert volume.spacing_mm == pytest.approx((10.0, 3.6, 3.2), rel=1e-5)


def test_without_sform_and_qform_left_and_right_are_unknown() -> None:
    made = image()
    made.set_sform(None, 0)
    made.set_qform(None, 0)

    with pytest.raises(NiftiOrientationMissingError):
        read_study([file_of("head.nii", made.to_bytes())])


def test_values_below_air_are_padding() -> None:
    hu = HEAD.volume.hu.copy()
    hu[:, :3] = -3024

    volume = read_study([file_of("head.nii.gz", nifti_bytes(hu, HEAD.affine))])

    assert volume.hu.min() == AIR_HU
    assert "padding_outside_fov" in {peculiarity.code for peculiarity in volume.peculiarities}
