"""Errors that several resources raise."""

from shared.errors import PlatformError, TemporarilyUnavailableError


class NotFoundError(PlatformError):
    """There is no such thing, or it was removed."""

    code = "not_found"
    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}; it may have been removed, or the address is mistyped.")


class TryLaterError(PlatformError):
    """The same request may succeed after a pause, which the answer names in Retry-After."""

    status = 429
    retryable = True

    def __init__(self, detail: str, retry_after_s: float) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class DatabaseAwayError(TemporarilyUnavailableError):
    """The database does not answer."""

    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer at present; nothing was changed, so try again in a moment.")
