"""When a CT was scanned, by its header: what exams of one patient are put in order, and paired with the onset, by."""

import re
from datetime import UTC, datetime
from typing import Final

from pydicom import Dataset

# From the closest to the moment of scanning to the furthest from it.
_PAIRS: Final = ("Acquisition", "Content", "Series", "Study")
# PS3.5, 6.2: YYYYMMDDHHMMSS with any precision after the hour, a fraction, and for DT the offset from UTC.
_MOMENT: Final = re.compile(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(?:\.\d{1,6})?([+-]\d{4})?")


def acquired_at(header: Dataset) -> datetime | None:
    """The moment in UTC; None where the header tells none, or an impossible one.

    Where it names no offset from UTC, the scanner's clock is taken to show the time zone of this process (TZ).
    """
    offset = _text(header, "TimezoneOffsetFromUTC")
    written = [_text(header, "AcquisitionDateTime")]
    written += [_text(header, f"{pair}Date") + _text(header, f"{pair}Time") for pair in _PAIRS]
    return next((moment for text in written if (moment := _moment(text, offset)) is not None), None)


def _moment(text: str, offset: str) -> datetime | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    day, hour, minute, second, own_offset = found.groups()
    zone = own_offset or (offset if re.fullmatch(r"[+-]\d{4}", offset) else "")
    try:
        shown = f"{day}{hour}{minute or '00'}{second or '00'}{zone}"
        return datetime.strptime(shown, "%Y%m%d%H%M%S%z" if zone else "%Y%m%d%H%M%S").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(header: Dataset, keyword: str) -> str:
    value = header.get(keyword)
    return "" if value is None else str(value).strip()
