"""The clocks of devices: how far one is off, and when a value was measured by the platform's.

Of 1,700 medical devices in four hospitals the clocks were off by 24 minutes on average (Pa Patient Saf Advis 2012;
9(4):143-4), which puts a monitor and a video of the same minute half an hour apart.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from gateway.vitals.schemas import VitalsBatch
from shared.errors import InputRefusedError

# What a message takes on its way when two packets are lost, 1 + 2 s (RFC 6298), and what clocks that are kept in step
# differ by, which is "seconds" (DICOM PS3.17, R.6.2). A correction by less would add the network's noise.
TOLERANCE: Final = timedelta(seconds=5)
# Without sent_at, how far a value may lie ahead of the platform's clock.
_UNKNOWN_SKEW: Final = timedelta(minutes=5)
_MOST: Final = timedelta(days=1)


class DeviceClockWrongError(InputRefusedError):
    """The clock shows another day: not skewed, but never set."""

    code = "device_clock_wrong"

    def __init__(self) -> None:
        super().__init__("The device's clock (sent_at) is off by more than a day; set the clock and send anew.")


def clock_skew(sent_at: datetime | None, arrived_at: datetime) -> timedelta | None:
    """The platform's clock less the device's: 0 within the tolerance, None where the device does not tell its time.

    Raises DeviceClockWrongError.
    """
    if sent_at is None:
        return None
    skew = arrived_at - sent_at
    if abs(skew) > _MOST:
        raise DeviceClockWrongError
    return skew if abs(skew) > TOLERANCE else timedelta(0)


def corrected(device_time: datetime, skew: timedelta | None) -> datetime:
    """When something was measured, by the platform's clock."""
    return device_time + (skew or timedelta(0))


def not_yet(batch: VitalsBatch, skew: timedelta | None, arrived_at: datetime) -> Iterator[tuple[str, str]]:
    """The values measured after they arrived, which no skew explains: fields with what is wrong."""
    latest = arrived_at + (_UNKNOWN_SKEW if skew is None else TOLERANCE)
    said = "send sent_at, the device's clock at sending" if skew is None else "it lies after sent_at"
    for number, vital in enumerate(batch.vitals):
        if corrected(vital.measured_at, skew) > latest:
            yield f"vitals.{number}.measured_at", f"must lie between 1900 and now; {said}"
