"""Days and moments that requests are made of."""

from datetime import MAXYEAR, UTC, date, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime

from shared.database.columns import now

_EARLIEST: Final = date(1900, 1, 1)
# A clock of the sender may run ahead of ours.
_CLOCK_SKEW: Final = timedelta(minutes=5)


def _past_day(value: date) -> date:
    # The day has begun somewhere on Earth up to 14 hours before it does in UTC.
    if not _EARLIEST <= value <= (now() + timedelta(hours=14)).date():
        raise ValueError(f"must lie between {_EARLIEST} and today")
    return value


def _past_instant(value: datetime) -> datetime:
    if value.year < _EARLIEST.year or value > now() + _CLOCK_SKEW:
        raise ValueError(f"must lie between {_EARLIEST} and now")
    return value.astimezone(UTC)


def _device_instant(value: datetime) -> datetime:
    if not _EARLIEST.year <= value.year < MAXYEAR:  # in the last year, the instant in UTC may be beyond all dates
        raise ValueError(f"must lie between {_EARLIEST} and now")
    return value.astimezone(UTC)


PastDay = Annotated[date, AfterValidator(_past_day)]
PastInstant = Annotated[AwareDatetime, AfterValidator(_past_instant)]
# By a clock that may be set to any time; whether it lies in the past shows once its skew is known.
DeviceInstant = Annotated[AwareDatetime, AfterValidator(_device_instant)]
