"""What every form of sending vital signs comes to: one checked batch, whose errors are told in the form's own words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from gateway.vitals.schemas import VitalsBatch
from shared.contracts.vitals import VitalSource

T = TypeVar("T")
Place = Callable[[str], str]


@dataclass(frozen=True)
class Sender:
    """What a form that is only values leaves to the address of the request."""

    patient_id: UUID | None
    device: str | None
    source: VitalSource | None
    sent_at: datetime | None

    def told(self) -> dict[str, object]:
        """What it tells, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class SentVitals:
    """A batch and when it arrived.

    ``place`` turns the path of a field in the batch into where the sender finds it; ``skipped`` is how many values were
    said to be absent.
    """

    batch: VitalsBatch
    arrived_at: datetime
    place: Place = str
    skipped: int = 0


def checked(build: Callable[[], T], place: Place = str) -> T:
    """What ``build`` makes of the request. Raises RequestValidationError with the places of whatever is wrong."""
    try:
        return build()
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([_told(one["loc"], one["type"], one["msg"], place) for one in found]) from error


def _told(path: tuple[int | str, ...], kind: str, message: str, place: Place) -> dict[str, object]:
    where = place(".".join(str(step) for step in path))
    return {"loc": ("body", where) if where else ("body",), "type": kind, "msg": message}
