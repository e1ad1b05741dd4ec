"""One NIfTI file as a volume of Hounsfield units."""

import gzip
import io
import zlib

import nibabel as nib
import numpy as np
from nibabel.arrayproxy import ArrayProxy
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from services.ct_segmentation.errors import (
    FileEmptyError,
    NiftiEmptyError,
    NiftiNotFiniteError,
    NiftiNotHounsfieldError,
    NiftiNotThreeDimensionalError,
    NiftiOrientationMissingError,
    NiftiUnitsMissingError,
    NiftiUnreadableError,
    TooFewSlicesError,
    VolumeTooLargeError,
)
from services.ct_segmentation.reading.dicom_series import MAX_VOXELS
from services.ct_segmentation.reading.slice_grid import MIN_SLICES
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.volume import AIR_HU, Acquisition, CtVolume
from shared.contracts.ct import Peculiarity

# The largest volume allowed, as float64, and its header.
MAX_BYTES = 8 * MAX_VOXELS + 2**20
# xyzt_units, lowest three bits: 1 metre, 2 millimetre, 3 micrometre, 0 unknown.
SPATIAL_UNIT_BITS = 0b111
MILLIMETRES = 2
MM_PER_UNIT = {1: 1000.0, MILLIMETRES: 1.0, 3: 0.001}
RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
# Every head CT holds air below -200 HU around and bone above 200 HU in it.
AIR_BELOW_HU, BONE_ABOVE_HU = -200, 200
AGAIN = "convert the DICOM series again"


def read_nifti(file: StudyFile, unit_if_unnamed: int = 0) -> CtVolume:
    """Read a 3-D NIfTI-1 or -2 volume (.nii or .nii.gz) that holds Hounsfield units.

    ``unit_if_unnamed`` is the xyzt_units code of a source whose unit of length is known from elsewhere.

    Raises FileEmptyError, NiftiEmptyError, NiftiUnreadableError, NiftiUnitsMissingError,
    NiftiOrientationMissingError, NiftiNotThreeDimensionalError, NiftiNotFiniteError, NiftiNotHounsfieldError,
    TooFewSlicesError, VolumeTooLargeError.
    """
    image = _parse(_unpacked(file))
    affine = _affine_lps_mm(image, unit_if_unnamed)
    hu, padded = _hounsfield(image)
    named = [Peculiarity(code="nifti_source", detail="A NIfTI file has no identifiers and no acquisition facts.")]
    if padded:
        share = f"{100 * padded / hu.size:.1f} %"
        named.append(
            Peculiarity(code="padding_outside_fov", detail=f"{share} of the voxels lie below air and count as air.")
        )
    return CtVolume(hu, affine, Acquisition(source="nifti"), peculiarities=tuple(named))


def _unpacked(file: StudyFile) -> bytes:
    with file.open() as stream:
        head = stream.read(2)
        stream.seek(0)
        if not head:
            raise FileEmptyError(f"The NIfTI file is empty; {AGAIN}.")
        try:
            data = (
                gzip.GzipFile(fileobj=stream).read(MAX_BYTES + 1) if head == b"\x1f\x8b" else stream.read(MAX_BYTES + 1)
            )
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise NiftiUnreadableError(f"The NIfTI file's compression is broken or cut short; {AGAIN}.") from error
    if len(data) > MAX_BYTES:
        raise VolumeTooLargeError(f"The NIfTI file unpacks to more than {MAX_BYTES} bytes; send a smaller volume.")
    return data


def _parse(data: bytes) -> nib.Nifti1Image:
    # NIfTI-2 begins with its header's size, 540, in either byte order.
    kind = (
        nib.Nifti2Image
        if 540 in (int.from_bytes(data[:4], "little"), int.from_bytes(data[:4], "big"))
        else nib.Nifti1Image
    )
    try:
        image = kind.from_stream(io.BytesIO(data))
    except (ImageFileError, HeaderDataError, ValueError, TypeError, OSError, EOFError) as error:
        raise NiftiUnreadableError(f"The file is not a readable NIfTI volume; {AGAIN}.") from error
    shape = image.shape
    if not shape or min(shape) < 1:
        raise NiftiEmptyError(f"The NIfTI volume has no voxels; {AGAIN}.")
    if len(shape) < 3 or any(size > 1 for size in shape[3:]):
        raise NiftiNotThreeDimensionalError(
            f"The NIfTI file has {len(shape)} dimensions ({'x'.join(map(str, shape))}); send one 3-D volume."
        )
    if np.prod(shape) > MAX_VOXELS:
        raise VolumeTooLargeError(f"The NIfTI volume has more than {MAX_VOXELS} voxels; send a smaller volume.")
    if min(shape[:3]) < MIN_SLICES:
        raise TooFewSlicesError(
            f"The NIfTI volume has {'x'.join(map(str, shape[:3]))} voxels; send at least {MIN_SLICES} slices."
        )
    return image


def _affine_lps_mm(image: nib.Nifti1Image, unit_if_unnamed: int) -> NDArray[np.float64]:
    header = image.header
    unit = int(header["xyzt_units"]) & SPATIAL_UNIT_BITS or unit_if_unnamed
    if unit not in MM_PER_UNIT:
        raise NiftiUnitsMissingError(
            f"The NIfTI header names no unit of length, without which there is no volume; {AGAIN} with xyzt_units set."
        )
    if int(header["sform_code"]) == 0 and int(header["qform_code"]) == 0:
        raise NiftiOrientationMissingError(
            f"The NIfTI header has neither sform nor qform, so that left and right are unknown; {AGAIN}."
        )
    affine = np.asarray(image.affine, np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        raise NiftiOrientationMissingError(f"The NIfTI affine is not invertible; {AGAIN}.")
    scaled = affine.copy()
    scaled[:3] *= MM_PER_UNIT[unit]
    result: NDArray[np.float64] = RAS_TO_LPS @ scaled
    return result


def _hounsfield(image: nib.Nifti1Image) -> tuple[NDArray[np.int16], int]:
    """The rescaled values as int16 (S, H, W), read slice by slice to spare memory, and how many lay below air."""
    proxy = image.dataobj
    if not isinstance(proxy, ArrayProxy) or proxy.dtype.names or np.issubdtype(proxy.dtype, np.complexfloating):
        raise NiftiUnreadableError(f"The NIfTI voxels are colours or complex numbers; {AGAIN}.")
    columns, rows, slices = image.shape[:3]
    hu = np.empty((slices, rows, columns), np.int16)
    padded = 0
    for k in range(slices):
        try:
            plane = np.asarray(proxy[:, :, k], np.float64).reshape(columns, rows).T  # (H, W)
        except (ValueError, OSError, EOFError) as error:
            raise NiftiUnreadableError(f"The NIfTI file ends before its voxels do; {AGAIN}.") from error
        if not np.isfinite(plane).all():
            raise NiftiNotFiniteError(f"Slice {k + 1} of the NIfTI volume holds NaN or infinity; {AGAIN}.")
        padded += int(np.count_nonzero(plane < AIR_HU))
        hu[k] = np.clip(np.rint(plane), AIR_HU, np.iinfo(np.int16).max)
    if hu.min() >= AIR_BELOW_HU or hu.max() <= BONE_ABOVE_HU:
        raise NiftiNotHounsfieldError(
            f"The NIfTI values lie between {hu.min()} and {hu.max()}, without air below {AIR_BELOW_HU} or bone above "
            f"{BONE_ABOVE_HU}: they are not Hounsfield units; {AGAIN} with its rescale applied."
        )
    return hu, padded
