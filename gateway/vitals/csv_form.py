"""Vital signs as CSV (RFC 4180): a header and one value a line; who measured what of whom stands in the address."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from gateway.errors import FieldsRefusedError
from gateway.vitals.schemas import VitalsIn
from gateway.vitals.sending import Sender, SentVitals, checked
from shared.contracts.vitals import VITALS
from shared.errors import InputRefusedError

_NEEDED: Final = ("kind", "value", "unit", "measured_at")
_COLUMNS: Final = (*_NEEDED, "quality")
_KINDS: Final = {definition.name: kind for kind, definition in VITALS.items()}
_FIELD: Final = re.compile(r"vitals\.(\d+)\.(\w+)")


class CsvMalformedError(InputRefusedError):
    """The body is no CSV in UTF-8."""

    code = "csv_malformed"


def read(body: bytes, sender: Sender, arrived_at: datetime) -> SentVitals:
    """The batch in ``body``. Raises CsvMalformedError, FieldsRefusedError, RequestValidationError."""
    rows = _rows(body)
    _, header = next(rows, (1, []))
    names = _checked_header([name.strip() for name in header])
    lines, vitals = [], []
    for line, row in rows:
        if len(row) != len(names):
            raise FieldsRefusedError([(f"line {line}", f"has {len(row)} columns where the header has {len(names)}")])
        lines.append(line)
        vitals.append(_vital(dict(zip(names, row, strict=True))))

    def place(path: str) -> str:
        field = _FIELD.fullmatch(path)
        return path if field is None else f"line {lines[int(field[1])]}, column {field[2]}"

    batch = checked(lambda: VitalsIn.model_validate({**sender.told(), "vitals": vitals}), place)
    return SentVitals(batch, arrived_at, place)


def _rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of the line that it begins in."""
    try:
        text = body.decode("utf-8-sig")  # spreadsheets begin UTF-8 with a byte order mark
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise CsvMalformedError(f"Line {line} is not UTF-8; save the file in UTF-8.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            if row:
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CsvMalformedError(f"Line {begins} is no CSV: {error}; quote its fields as RFC 4180 has it.") from error


def _checked_header(names: Sequence[str]) -> Sequence[str]:
    wrong = [(f"line 1, column {name}", "is missing") for name in _NEEDED if name not in names]
    wrong += [
        (f"line 1, column {number}", f"stands twice or is none of {', '.join(_COLUMNS)}")
        for number, name in enumerate(names, start=1)
        if name not in _COLUMNS or name in names[: number - 1]
    ]
    if wrong:
        raise FieldsRefusedError(wrong)
    return names


def _vital(row: dict[str, str]) -> dict[str, str]:
    """The fields of one value; a quality that is not told is left out."""
    told = {name: text.strip() for name, text in row.items()}
    told["kind"] = _KINDS.get(told["kind"], told["kind"])
    return {name: text for name, text in told.items() if text or name != "quality"}
