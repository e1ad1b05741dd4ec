"""Why no face can be followed."""

from shared.errors import InputRefusedError, PlatformError


class NoFaceError(InputRefusedError):
    """The video shows no face long enough to follow it."""

    code = "no_face"


class FaceModelMissingError(PlatformError):
    """The face detector's file was not fetched."""

    code = "face_model_missing"


class FaceModelUnavailableError(PlatformError):
    """The face detector's file cannot be fetched from the package index, or is another than the manifest's."""

    code = "face_model_unavailable"
