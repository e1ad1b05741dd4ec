"""The door for uploads: a zip, DICOM files or one NIfTI file becomes one head-CT volume, or a named refusal."""

from collections.abc import Callable, Sequence

from services.ct_segmentation.errors import FileEmptyError, UnsupportedInputError
from services.ct_segmentation.reading.archive import open_archive
from services.ct_segmentation.reading.dicom_series import read_dicom_series
from services.ct_segmentation.reading.head_check import check_head
from services.ct_segmentation.reading.nifti import read_nifti
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.volume import CtVolume

NIFTI_SUFFIXES = (".nii", ".nii.gz")


def _ignore(_: float) -> None:
    pass


def read_study(files: Sequence[StudyFile], on_progress: Callable[[float], None] = _ignore) -> CtVolume:
    """Read one study: a zip of DICOM files, DICOM files, or one .nii/.nii.gz.

    ``on_progress`` hears the share of the reading that is done, 0 to 1, and may raise to stop it. The volume keeps the
    grid on which it was acquired; see ``geometry.canonical_view`` for the radiological view.

    Raises an InputRefusedError of ``services.ct_segmentation.errors`` that says why a study is refused.
    """
    volume = _read(files, on_progress)
    check_head(volume)
    return volume


def _read(files: Sequence[StudyFile], on_progress: Callable[[float], None]) -> CtVolume:
    if not files:
        raise FileEmptyError("The upload holds no file; send a head CT as a zip, DICOM files or one NIfTI file.")
    if len(files) == 1:
        return _read_one(files[0], on_progress)
    if any(file.name.lower().endswith((*NIFTI_SUFFIXES, ".zip")) for file in files):
        raise UnsupportedInputError(
            f"The upload mixes {len(files)} files with a zip or NIfTI file among them; send one of the kinds alone."
        )
    return read_dicom_series(files, on_progress)


def _read_one(file: StudyFile, on_progress: Callable[[float], None]) -> CtVolume:
    with file.open() as stream:
        head = stream.read(4)
    if not head:
        raise FileEmptyError("The uploaded file is empty; export the study again.")
    if file.name.lower().endswith(NIFTI_SUFFIXES):
        return read_nifti(file)
    if head[:2] == b"PK":
        with open_archive(file) as members:
            return read_dicom_series(members, on_progress)
    if file.name.lower().endswith(".zip"):
        raise UnsupportedInputError("The upload is named .zip but is no zip; pack the study again.")
    return read_dicom_series([file], on_progress)
