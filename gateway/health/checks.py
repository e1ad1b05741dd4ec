"""The checks behind readiness."""

from collections.abc import Callable
from typing import Final

from gateway.platform import Platform
from shared.database.migrate import is_migrated


def problems_of(platform: Platform) -> dict[str, str]:
    """What is wrong, by the name of the check; empty when all is well."""
    found = {name: _result(check, platform) for name, check in _CHECKS.items()}
    return {name: problem for name, problem in found.items() if problem is not None}


def _result(check: Callable[[Platform], str | None], platform: Platform) -> str | None:
    try:
        return check(platform)
    except Exception as error:  # whatever it is, the part does not work; its text may name hosts and users
        return f"does not answer ({type(error).__name__})"


def _database(platform: Platform) -> str | None:
    return None if is_migrated(platform.database.engine) else "the schema is not the newest: run the migrations"


def _artifacts(platform: Platform) -> None:
    platform.artifacts.check()


def _relay(platform: Platform) -> str | None:
    return "the relay has stopped" if platform.relay is not None and not platform.relay.alive else None


_CHECKS: Final[dict[str, Callable[[Platform], str | None]]] = {
    "database": _database,
    "artifacts": _artifacts,
    "relay": _relay,
}
