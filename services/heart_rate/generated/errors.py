"""Why no video can be generated."""

from shared.errors import PlatformError


class PortraitMissingError(PlatformError):
    """The portrait that generated faces are painted on is not installed."""

    code = "portrait_missing"
