"""The one error base: what went wrong, where, and what to do about it, under a stable code."""

from typing import ClassVar


class PlatformError(Exception):
    """Base of every error the platform raises on purpose.

    ``code`` is part of the public interface: it is stored with a job, sent to clients and never renamed.
    ``status`` is the HTTP status that the gateway answers with. ``retryable`` tells a worker, and a client,
    whether the same input may succeed later. ``detail`` is one sentence for a person: what, where, what to do;
    it never holds patient data.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InputRefusedError(PlatformError):
    """The input itself cannot be processed; sending it again changes nothing."""

    code = "input_refused"
    status = 422


class TemporarilyUnavailableError(PlatformError):
    """Something the platform depends on does not answer at present; the same request may succeed later."""

    code = "temporarily_unavailable"
    status = 503
    retryable = True
