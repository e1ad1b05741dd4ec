"""Errors that several resources raise."""

from collections.abc import Sequence

from shared.errors import InputRefusedError, PlatformError, TemporarilyUnavailableError


class NotFoundError(PlatformError):
    """There is no such thing, or it was removed."""

    code = "not_found"
    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}; it may have been removed, or the address is mistyped.")


class FieldsRefusedError(InputRefusedError):
    """Fields that are each well formed and cannot be true together; ``fields`` are their paths with what is wrong."""

    code = "validation_failed"

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        listed = "; ".join(f"{field}: {message}" for field, message in fields[:5])
        super().__init__(f"The request was not accepted: {listed}")
        self.fields = tuple(fields)


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
