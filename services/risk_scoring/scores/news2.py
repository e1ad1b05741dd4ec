"""NEWS2, the National Early Warning Score (Royal College of Physicians 2017): acute illness from vital signs."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.risk_scoring.scores.quantities import AgeYears
from services.risk_scoring.scores.score import Condition, Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, at_most, equal_to, otherwise

_SOURCE = "Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017"
Consciousness = Literal["alert", "new_confusion", "voice", "pain", "unresponsive"]


def to_chart(temperature_c: float) -> float:
    """A temperature to the tenth of a degree, halves upwards, as the chart's bands read it."""
    return float(Decimal(str(temperature_c)).quantize(Decimal("0.1"), ROUND_HALF_UP))


RESPIRATION = (
    Row("8 or fewer", 3, at_most(8)),
    Row("9 to 11", 1, at_most(11)),
    Row("12 to 20", 0, at_most(20)),
    Row("21 to 24", 2, at_most(24)),
    Row("25 or more", 3, otherwise),
)
SPO2_SCALE_1 = (
    Row("91 or less", 3, at_most(91)),
    Row("92 to 93", 2, at_most(93)),
    Row("94 to 95", 1, at_most(95)),
    Row("96 or more", 0, otherwise),
)
# Saturations over the target of 88 to 92 % are a danger only where oxygen is given.
_SPO2_SCALE_2 = (
    Row("83 or less", 3, lambda spo2, _oxygen: spo2 <= 83),
    Row("84 to 85", 2, lambda spo2, _oxygen: spo2 <= 85),
    Row("86 to 87", 1, lambda spo2, _oxygen: spo2 <= 87),
    Row("88 to 92", 0, lambda spo2, _oxygen: spo2 <= 92),
    Row("93 or more on air", 0, lambda _spo2, oxygen: not oxygen),
    Row("93 to 94 on oxygen", 1, lambda spo2, _oxygen: spo2 <= 94),
    Row("95 to 96 on oxygen", 2, lambda spo2, _oxygen: spo2 <= 96),
    Row("97 or more on oxygen", 3, otherwise),
)
SYSTOLIC = (
    Row("90 or less", 3, at_most(90)),
    Row("91 to 100", 2, at_most(100)),
    Row("101 to 110", 1, at_most(110)),
    Row("111 to 219", 0, at_most(219)),
    Row("220 or more", 3, otherwise),
)
PULSE = (
    Row("40 or fewer", 3, at_most(40)),
    Row("41 to 50", 1, at_most(50)),
    Row("51 to 90", 0, at_most(90)),
    Row("91 to 110", 1, at_most(110)),
    Row("111 to 130", 2, at_most(130)),
    Row("131 or more", 3, otherwise),
)
CONSCIOUSNESS = (
    Row("alert", 0, equal_to("alert")),
    Row("new confusion, or responding to voice or pain alone, or to nothing", 3, otherwise),
)
TEMPERATURE = (
    Row("35.0 or less", 3, at_most(35.0)),
    Row("35.1 to 36.0", 1, at_most(36.0)),
    Row("36.1 to 38.0", 0, at_most(38.0)),
    Row("38.1 to 39.0", 1, at_most(39.0)),
    Row("39.1 or more", 2, otherwise),
)


class News2Inputs(ScoreInputs):
    """One set of observations, in the chart's resolution: whole numbers, and tenths of a degree."""

    respirations_per_min: Annotated[int, Field(ge=0, le=120)] | None = None
    spo2_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    # The source's default; scale 2 is for a prescribed target of 88 to 92 % (hypercapnic respiratory failure).
    spo2_scale: Literal[1, 2] = 1
    on_oxygen: bool | None = None
    systolic_mmhg: Annotated[int, Field(ge=0, le=350)] | None = None
    pulse_per_min: Annotated[int, Field(ge=0, le=350)] | None = None
    consciousness: Consciousness | None = None
    temperature_c: Annotated[float, Field(ge=20, le=46), AfterValidator(to_chart)] | None = None
    age_years: AgeYears | None = None
    pregnant: bool | None = None


def _scale_1(row: Row) -> Row:
    return replace(row, words=f"{row.words} (scale 1)", holds=lambda spo2, _o2, scale: scale == 1 and row.holds(spo2))


def _scale_2(row: Row) -> Row:
    return replace(
        row, words=f"{row.words} (scale 2)", holds=lambda spo2, o2, scale: scale == 2 and row.holds(spo2, o2)
    )


def _meaning(total: int, items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    if total >= 7:
        words = "high: emergency assessment by a team with critical-care competencies, continuous monitoring"
    elif total >= 5:
        words = "medium: urgent review by a clinician competent in acute illness, observations hourly at least"
    elif any(item.points == 3 for item in items):
        words = "low to medium, one item at 3: urgent ward-based review, observations hourly at least"
    else:
        words = "low: ward-based response, observations every 4 to 12 hours"
    return (Meaning(outcome="clinical risk and response", probability=None, words=words, source=_SOURCE),)


NEWS2 = Score(
    name="news2",
    title="NEWS2",
    version="2017",
    purpose="Severity of acute illness from one set of vital signs",
    inputs=News2Inputs,
    items=(
        Item("respirations_per_min", "Respiration", RESPIRATION, unit="/min"),
        Item(
            "spo2_percent",
            "Oxygen saturation",
            (*map(_scale_1, SPO2_SCALE_1), *map(_scale_2, _SPO2_SCALE_2)),
            unit="%",
            fields=("spo2_percent", "on_oxygen", "spo2_scale"),
        ),
        Item(
            "on_oxygen",
            "Air or oxygen",
            (Row("oxygen", 2, equal_to(True)), Row("air", 0, equal_to(False))),
        ),
        Item("systolic_mmhg", "Systolic pressure", SYSTOLIC, unit="mmHg"),
        Item("pulse_per_min", "Pulse", PULSE, unit="/min"),
        Item("consciousness", "Consciousness", CONSCIOUSNESS),
        Item("temperature_c", "Temperature", TEMPERATURE, unit="°C"),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="read_in_source",
    provenance_detail="The chart read in the source; that it is not for children and in pregnancy, from memory",
    conditions=(
        Condition("age_years", "patients of 16 years and over", lambda age: age >= 16),
        Condition("pregnant", "patients who are not pregnant", equal_to(False)),
    ),
)
