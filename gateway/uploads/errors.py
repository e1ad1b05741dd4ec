"""Why an upload is refused before anything of it is stored."""

from shared.errors import InputRefusedError, PlatformError


class UploadMalformedError(PlatformError):
    """The body is not a complete multipart/form-data message."""

    code = "upload_malformed"
    status = 400


class UploadTooLargeError(PlatformError):
    """The files together are larger than they may be."""

    code = "upload_too_large"
    status = 413

    def __init__(self, limit_bytes: int, advice: str) -> None:
        super().__init__(f"The upload is larger than {limit_bytes} bytes; {advice}.")


class TooManyFilesError(PlatformError):
    """More files than one upload may have."""

    code = "too_many_files"
    status = 413

    def __init__(self, limit: int, advice: str) -> None:
        super().__init__(f"The upload has more files than the {limit} that it may have; {advice}.")


class UnexpectedFieldError(InputRefusedError):
    """The form has a part that is not asked for, which might have meant something to the sender."""

    code = "upload_unexpected_field"

    def __init__(self) -> None:
        super().__init__("The form may hold only parts named 'file'; say all else in the query, as in ?priority=stat.")


class NoFileError(InputRefusedError):
    """The form has no file."""

    code = "upload_empty"

    def __init__(self, content: str) -> None:
        super().__init__(f"The upload holds no file; send {content} under the name 'file'.")


class FileEmptyError(InputRefusedError):
    """A file has no bytes."""

    code = "file_empty"


class UnsupportedFileTypeError(PlatformError):
    """The content of a file is none of the accepted kinds, whatever its name says."""

    code = "unsupported_file_type"
    status = 415
