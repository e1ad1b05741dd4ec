"""What is checked of an upload before it is accepted; the images themselves are the worker's to judge."""

from collections.abc import Sequence
from typing import Final

from gateway.studies.errors import NiftiEmptyError, UploadMixedError
from gateway.uploads.errors import FileEmptyError, UnsupportedFileTypeError
from gateway.uploads.file_kinds import FileKind, described, kind_of
from gateway.uploads.receiving import ReceivedFile
from shared.archives import ArchiveLimits, check_archive
from shared.settings import Settings

_NIFTI: Final = {FileKind.NIFTI: ".nii", FileKind.NIFTI_GZ: ".nii.gz"}
_ACCEPTED: Final = {FileKind.DICOM, FileKind.ZIP, *_NIFTI}


def check_files(files: Sequence[ReceivedFile], settings: Settings) -> None:
    """Refuse what cannot be one study. File names stay out of the errors: they may be patients' names.

    Raises FileEmptyError, NiftiEmptyError, UnsupportedFileTypeError, UploadMixedError, and what ``check_archive`` does.
    """
    kinds = [_kind_of(file, number) for number, file in enumerate(files, start=1)]
    alone = next((kind for kind in kinds if kind is not FileKind.DICOM), None)
    if alone is not None and len(kinds) > 1:
        raise UploadMixedError(f"The upload has {len(kinds)} files with a {alone} among them; send that file alone.")
    if alone is FileKind.ZIP:
        with files[0].staged.reopened() as stream:
            check_archive(stream, ArchiveLimits(unpacked_bytes=settings.unpacked_max_bytes))


def _kind_of(file: ReceivedFile, number: int) -> FileKind:
    name = file.name.lower()
    if file.staged.size == 0:
        if name.endswith((".nii", ".nii.gz")):
            raise NiftiEmptyError(f"File {number} of the upload is an empty NIfTI file; export it again.")
        raise FileEmptyError(f"File {number} of the upload is empty; export the study again.")
    head = bytes(file.head)
    kind = kind_of(head)
    if kind not in _ACCEPTED:
        what = described(head)
        accepted = "send DICOM files, one zip of them, or one NIfTI file"
        raise UnsupportedFileTypeError(f"File {number} of the upload is {what}, whatever its name says; {accepted}.")
    if kind in _NIFTI and not name.endswith(_NIFTI[kind]):
        raise UnsupportedFileTypeError(f"File {number} of the upload is {kind}; name it *{_NIFTI[kind]}.")
    return kind
