"""Why a CT study is refused: one class per stable code, so that a client can tell every reason apart.

Each ``detail`` says what is wrong, where (position in the upload, slice index, mm) and what to do. File names and
patient data never enter it, since it is stored, shown and sent.
"""

from shared.errors import InputRefusedError


class FileEmptyError(InputRefusedError):
    """The upload, or a file that must hold an image, has no bytes."""

    code = "file_empty"


class UnsupportedInputError(InputRefusedError):
    """The upload is neither a zip, nor DICOM files, nor one NIfTI file."""

    code = "unsupported_input"


class NotDicomError(InputRefusedError):
    """A file that must be DICOM is something else, or the upload holds no DICOM at all."""

    code = "not_dicom"


class DicomUnreadableError(InputRefusedError):
    """The file is DICOM, but its elements or its compressed pixels cannot be decoded."""

    code = "dicom_unreadable"


class DicomTruncatedError(InputRefusedError):
    """The file ends before its pixel data does."""

    code = "dicom_truncated"


class DicomGeometryMissingError(InputRefusedError):
    """Position, orientation, pixel spacing or size of a slice is missing or impossible."""

    code = "dicom_geometry_missing"


class MissingRescaleError(InputRefusedError):
    """Without a rescale slope and intercept, stored values are not Hounsfield units."""

    code = "missing_rescale"


class NotHounsfieldError(InputRefusedError):
    """The series says that its rescaled values are something other than Hounsfield units."""

    code = "not_hounsfield"


class NotCtError(InputRefusedError):
    """The upload holds no CT image, such as a radiograph or a structured report alone."""

    code = "not_ct"


class NotHeadError(InputRefusedError):
    """The CT does not show a head."""

    code = "not_head"


class TooFewSlicesError(InputRefusedError):
    """Too few slices to measure a volume."""

    code = "too_few_slices"


class MixedSeriesError(InputRefusedError):
    """The upload holds several patients, studies or axial series."""

    code = "mixed_series"


class MixedOrientationError(InputRefusedError):
    """The slices of the series are not parallel."""

    code = "mixed_orientation"


class MixedSizeError(InputRefusedError):
    """The slices of the series differ in rows, columns or pixel spacing."""

    code = "mixed_size"


class DuplicateSlicePositionError(InputRefusedError):
    """Two slices of the series lie at the same place."""

    code = "duplicate_slice_position"


class SliceGapTooLargeError(InputRefusedError):
    """Slices are missing over more than may be interpolated."""

    code = "slice_gap_too_large"


class SlicesNotAlignedError(InputRefusedError):
    """The slices' corners do not lie on one straight line, so that no single affine describes the volume."""

    code = "slices_not_aligned"


class NotAxialError(InputRefusedError):
    """Thick coronal or sagittal slices, which the network has never seen."""

    code = "not_axial"


class VolumeTooLargeError(InputRefusedError):
    """The volume has more voxels than one study may take."""

    code = "volume_too_large"


class NiftiUnreadableError(InputRefusedError):
    """The NIfTI file cannot be parsed or unpacked, or holds colours or complex numbers."""

    code = "nifti_unreadable"


class NiftiEmptyError(InputRefusedError):
    """The NIfTI file has no voxels."""

    code = "nifti_empty"


class NiftiUnitsMissingError(InputRefusedError):
    """The NIfTI header does not say in which unit its spacing is, so that no volume can be given."""

    code = "nifti_units_missing"


class NiftiOrientationMissingError(InputRefusedError):
    """The NIfTI header has neither sform nor qform, so that left and right are unknown."""

    code = "nifti_orientation_missing"


class NiftiNotThreeDimensionalError(InputRefusedError):
    """The NIfTI file is not one 3-D volume."""

    code = "nifti_not_3d"


class NiftiNotFiniteError(InputRefusedError):
    """The NIfTI file holds NaN or infinity."""

    code = "nifti_not_finite"


class NiftiNotHounsfieldError(InputRefusedError):
    """The NIfTI values cannot be Hounsfield units, such as a windowed picture or a mask."""

    code = "nifti_not_hu"
