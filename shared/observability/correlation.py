"""The id that joins everything done for one request: log lines, audit entries, jobs, tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def correlation_id() -> str:
    """The id of the work at hand; a fresh one where none was set (then the caller is the origin)."""
    value = _current.get()
    if value is None:
        value = uuid4().hex
        _current.set(value)
    return value


@contextmanager
def correlated(value: str) -> Iterator[None]:
    """Do everything inside under the given id."""
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)
