"""CSV tables: rows whose cells are asked for by name and type, with errors that say where a cell is wrong."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.risk_scoring.errors import CohortColumnMissingError, CohortFileMissingError, CohortValueError

_YES_NO = {"0": False, "0.0": False, "1": True, "1.0": True}


@dataclass(frozen=True)
class Row:
    """One line of a table; an empty cell is None."""

    table: str
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str | None:
        """The cell without surrounding blanks."""
        return self.cells[column].strip() or None

    def required(self, column: str) -> str:
        """The cell, which must not be empty. Raises CohortValueError."""
        value = self.text(column)
        if value is None:
            raise self.wrong(column, "is empty")
        return value

    def number(self, column: str) -> float | None:
        """The cell as a finite number. Raises CohortValueError."""
        value = self.text(column)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            raise self.wrong(column, f"{value!r} is no number") from None
        if not math.isfinite(number):
            raise self.wrong(column, f"{value!r} is not finite")
        return number

    def amount(self, column: str) -> float:
        """The cell as a number that is there and not negative. Raises CohortValueError."""
        number = self.number(column)
        if number is None or number < 0:
            raise self.wrong(column, "is empty" if number is None else f"{number:g} is negative")
        return number

    def yes_no(self, column: str) -> bool | None:
        """The cell as 0 or 1. Raises CohortValueError."""
        value = self.text(column)
        if value is not None and value not in _YES_NO:
            raise self.wrong(column, f"{value!r} is neither 0 nor 1")
        return None if value is None else _YES_NO[value]

    def whole(self, column: str) -> int | None:
        """The cell as a whole number. Raises CohortValueError."""
        number = self.number(column)
        if number is not None and number != int(number):
            raise self.wrong(column, f"{number:g} is no whole number")
        return None if number is None else int(number)

    def wrong(self, column: str, problem: str) -> CohortValueError:
        """The error that says where the cell is."""
        return CohortValueError(f"{self.table}, line {self.line}, column {column}: {problem}; correct the cell.")


def read_table(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a CSV file that must have ``columns``.

    Raises CohortFileMissingError, CohortColumnMissingError, and CohortValueError where a line has too few cells.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            absent = [column for column in columns if column not in (reader.fieldnames or ())]
            if absent:
                raise CohortColumnMissingError(
                    f"{path.name} lacks the column {absent[0]}; name the cohort's own table."
                )
            rows = [Row(path.name, reader.line_num, cells) for cells in reader]
    except OSError as error:
        raise CohortFileMissingError(
            f"{path.name} cannot be opened in the cohort's folder; name the folder."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CohortValueError(f"{path.name} is no CSV file in UTF-8 ({error}); export it again.") from error
    for row in rows:
        if None in row.cells or None in row.cells.values():
            raise CohortValueError(f"{row.table}, line {row.line}: not as many cells as columns; export it again.")
    return rows
