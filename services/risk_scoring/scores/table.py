"""A published point table as data: its lines, the first that holds for a value, and the reason in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Predicate = Callable[..., bool]


class ItemPoints(BaseModel):
    """The points that one item of a score gave, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    points: int = Field(ge=0)
    reason: str


@dataclass(frozen=True)
class Row:
    """One line of a table: the values it holds for, in words, and the points they get."""

    words: str
    points: int
    holds: Predicate


def below(limit: float) -> Predicate:
    """Whether a value lies under ``limit``."""
    return lambda value: value < limit


def at_most(limit: float) -> Predicate:
    """Whether a value is ``limit`` or less."""
    return lambda value: value <= limit


def equal_to(expected: object) -> Predicate:
    """Whether a value is ``expected``."""
    return lambda value: value == expected


def otherwise(*_values: object) -> bool:
    """The last line of a table: every value that no line above holds for."""
    return True


def when(points: int) -> tuple[Row, Row]:
    """The table of a sign that is there or not."""
    return Row("yes", points, equal_to(True)), Row("no", 0, equal_to(False))


def row_of(rows: tuple[Row, ...], *values: object) -> Row:
    """The first of ``rows`` that holds for ``values``; the last of a complete table always does."""
    return next(row for row in rows if row.holds(*values))


@dataclass(frozen=True)
class Item:
    """One item of a score: the input fields that it reads, and its table.

    ``fields`` are read in this order by the rows' predicates; without any, the field is called like the item.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    unit: str = ""
    fields: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The input fields that this item cannot do without."""
        return self.fields or (self.name,)

    @property
    def lowest(self) -> int:
        """The fewest points that it can give."""
        return min(row.points for row in self.rows)

    @property
    def highest(self) -> int:
        """The most points that it can give."""
        return max(row.points for row in self.rows)

    def rate(self, inputs: BaseModel) -> ItemPoints:
        """The points of ``inputs``, none of whose fields that this item reads is missing."""
        values = [getattr(inputs, field) for field in self.reads]
        row = row_of(self.rows, *values)
        return ItemPoints(name=self.name, title=self.title, points=row.points, reason=self._reason(row, values[0]))

    def _reason(self, row: Row, value: Any) -> str:
        if isinstance(value, bool | str):
            return f"{self.title}: {row.words}"
        measured = f"{value:g} {self.unit}".strip() if isinstance(value, int | float) else str(value)
        return f"{self.title} {measured}: {row.words}"
