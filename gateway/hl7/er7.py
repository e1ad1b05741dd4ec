"""ER7, the encoding of HL7 v2 with bars and hats (HL7 v2.5.1, chapter 2)."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

# HL7 over HTTP (HAPI's specification, section 2.4) names it so; IANA has registered only the XML form.
MEDIA_TYPE: Final = "x-application/hl7-v2+er7; charset=utf-8"
ENCODING_CHARACTERS: Final = "^~\\&"
# Each segment ends with a carriage return, the last one too.
_END: Final = "\r"

_ESCAPES: Final = str.maketrans({"|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\\": "\\E\\"})
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def text(value: str) -> str:
    """``value`` with delimiters escaped; control characters, which would end the segment, become spaces."""
    return _CONTROLS.sub(" ", value).translate(_ESCAPES)


def composite(*components: str) -> str:
    """A field of several components; empty ones at the end are left out."""
    return "^".join(text(component) for component in components).rstrip("^")


def number(value: float) -> str:
    """NM: digits without an exponent."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def timestamp(at: datetime) -> str:
    """TS to the second, with the zone."""
    return at.strftime("%Y%m%d%H%M%S%z")


def segment(name: str, fields: Mapping[int, str]) -> str:
    """The segment ``name``; ``fields`` are encoded and keyed by their number in the standard.

    MSH-1 is the separator itself, so that its fields begin with MSH-2.
    """
    first = 2 if name == "MSH" else 1
    return "|".join([name, *(fields.get(place, "") for place in range(first, max(fields) + 1))]).rstrip("|")


def message(segments: Iterable[str]) -> str:
    """The segments as one message."""
    return "".join(written + _END for written in segments)
