"""Why files are refused that cannot be a study."""

from shared.errors import InputRefusedError


class NiftiEmptyError(InputRefusedError):
    """A NIfTI file has no bytes."""

    code = "nifti_empty"


class UploadMixedError(InputRefusedError):
    """Files that cannot be one study."""

    code = "upload_mixed"
