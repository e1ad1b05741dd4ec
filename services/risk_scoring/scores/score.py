"""What every clinical score has in common: inputs with units, a table of items, and a published meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from services.risk_scoring.scores.table import Item, ItemPoints, Predicate

Provenance = Literal["read_in_source", "unverified"]


class ScoreInputs(BaseModel):
    """Base of every score's inputs. None says that a value is not known, and is never taken for zero or absent."""

    # Strict, since True is no Glasgow Coma Scale and "31" no volume.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meaning(_Part):
    """What a total stands for, as published."""

    outcome: str
    probability: float | None = Field(ge=0, le=1, description="null where the source gives a class, and no figure")
    words: str
    source: str


class Reason(_Part):
    """Why a score could not be computed: an input is missing, or the score is not made for the patient."""

    code: Literal["missing", "not_applicable"]
    field: str
    detail: str


class NotComputable(_Part):
    """The score has no total, with every reason at once."""

    outcome: Literal["not_computable"] = "not_computable"
    score: str
    version: str
    citation: str
    reasons: tuple[Reason, ...] = Field(min_length=1)


class ScoreResult(_Part):
    """A total with the points behind it, and all that a reader needs to judge it."""

    outcome: Literal["computed"] = "computed"
    score: str
    version: str
    total: int
    lowest: int
    highest: int
    items: tuple[ItemPoints, ...]
    meanings: tuple[Meaning, ...]
    applies_to: tuple[str, ...]
    unchecked: tuple[str, ...] = Field(description="Those of applies_to that the inputs do not tell")
    cautions: tuple[str, ...]
    provenance: Provenance
    provenance_detail: str
    citation: str


class RowDescription(_Part):
    """One line of a published table."""

    words: str
    points: int


class ItemDescription(_Part):
    """One item of a score and its table."""

    name: str
    title: str
    unit: str
    fields: tuple[str, ...]
    rows: tuple[RowDescription, ...]


class ScoreDescription(_Part):
    """A score for a list or a form: its table, its range, and the JSON schema of its inputs."""

    name: str
    title: str
    version: str
    purpose: str
    lowest: int
    highest: int
    higher_is: Literal["worse", "better"]
    items: tuple[ItemDescription, ...]
    applies_to: tuple[str, ...]
    cautions: tuple[str, ...]
    provenance: Provenance
    provenance_detail: str
    citation: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """Whom a score is made for: ``field`` must be known and hold, or the score does not apply."""

    field: str
    words: str
    holds: Predicate


ADULTS = Condition("age_years", "adults (18 years and over)", lambda age: age >= 18)

InputsT = TypeVar("InputsT", bound=ScoreInputs)


@dataclass(frozen=True)
class Score(Generic[InputsT]):
    """One published score. ``meaning`` tells a total, and the items behind it, in the source's words."""

    name: str
    title: str
    version: str
    purpose: str
    inputs: type[InputsT]
    items: tuple[Item, ...]
    meaning: Callable[[int, tuple[ItemPoints, ...]], tuple[Meaning, ...]]
    citation: str
    provenance: Provenance
    provenance_detail: str
    conditions: tuple[Condition, ...] = (ADULTS,)
    cautions: tuple[str, ...] = ()
    higher_is: Literal["worse", "better"] = "worse"

    @property
    def lowest(self) -> int:
        """The lowest total."""
        return sum(item.lowest for item in self.items)

    @property
    def highest(self) -> int:
        """The highest total."""
        return sum(item.highest for item in self.items)

    def compute(self, inputs: InputsT) -> ScoreResult | NotComputable:
        """The total of ``inputs`` with its reasons; NotComputable where one is missing or the score does not apply."""
        reasons = (*self._missing(inputs), *self._not_applicable(inputs))
        if reasons:
            return NotComputable(score=self.name, version=self.version, citation=self.citation, reasons=reasons)
        items = tuple(item.rate(inputs) for item in self.items)
        total = sum(item.points for item in items)
        return ScoreResult(
            score=self.name,
            version=self.version,
            total=total,
            lowest=self.lowest,
            highest=self.highest,
            items=items,
            meanings=self.meaning(total, items),
            applies_to=tuple(condition.words for condition in self.conditions),
            unchecked=tuple(c.words for c in self.conditions if getattr(inputs, c.field) is None),
            cautions=self.cautions,
            provenance=self.provenance,
            provenance_detail=self.provenance_detail,
            citation=self.citation,
        )

    def describe(self) -> ScoreDescription:
        """The score itself, for a list, a form, or a reader who checks the table against its source."""
        return ScoreDescription(
            name=self.name,
            title=self.title,
            version=self.version,
            purpose=self.purpose,
            lowest=self.lowest,
            highest=self.highest,
            higher_is=self.higher_is,
            items=tuple(
                ItemDescription(
                    name=item.name,
                    title=item.title,
                    unit=item.unit,
                    fields=item.reads,
                    rows=tuple(RowDescription(words=row.words, points=row.points) for row in item.rows),
                )
                for item in self.items
            ),
            applies_to=tuple(condition.words for condition in self.conditions),
            cautions=self.cautions,
            provenance=self.provenance,
            provenance_detail=self.provenance_detail,
            citation=self.citation,
            inputs=self.inputs.model_json_schema(),
        )

    def _missing(self, inputs: InputsT) -> tuple[Reason, ...]:
        needed = dict.fromkeys(field for item in self.items for field in item.reads)
        return tuple(
            Reason(code="missing", field=field, detail=f"{field} is not known, and {self.title} needs it.")
            for field in needed
            if getattr(inputs, field) is None
        )

    def _not_applicable(self, inputs: InputsT) -> tuple[Reason, ...]:
        known = [condition for condition in self.conditions if getattr(inputs, condition.field) is not None]
        return tuple(
            Reason(code="not_applicable", field=c.field, detail=f"{self.title} is made for {c.words} alone.")
            for c in known
            if not c.holds(getattr(inputs, c.field))
        )
