"""A CT report as a list of coded statements, from which every exchange format is written.

The quantities are coded locally. LOINC and SNOMED CT have no concept for the volume of an intracranial haematoma or of
perihaematomal oedema, for ABC/2, or for a classifier's probability; the nearest, "volume", is given beside. A type
carries no diagnosis code: to state the disease would be more than a probability says.
"""

from dataclasses import dataclass
from typing import Final

from gateway.exchange.codes import (
    HEIGHT,
    LOCAL,
    LONG_AXIS,
    MILLILITRE,
    MILLIMETRE,
    PERPENDICULAR_AXIS,
    UNITY,
    VOLUME,
    VOXEL_SUM,
    Code,
)
from shared.contracts.ct import AbcOver2, CtReport
from shared.contracts.local_codes import ABC_OVER_2, probability_of

RESEARCH_USE: Final = "Unverified result of an algorithm; for research use only, not a medical device."

# A microlitre is finer than any voxel count means, and a thousandth than any probability.
_DECIMALS: Final = 3


@dataclass(frozen=True)
class Quantity:
    """A number with its UCUM unit."""

    value: float
    unit: Code


@dataclass(frozen=True)
class Part:
    """One of the numbers that a statement consists of."""

    code: Code
    quantity: Quantity


@dataclass(frozen=True)
class Statement:
    """One thing said of the study: a truth value, a quantity, or several quantities.

    ``code`` is unique within a report and short enough to end a FHIR id (64 characters) that begins with a UUID.
    ``broader`` is the nearest concept of a terminology. ``of_haematoma`` is whether it is a measurement of what the
    report's tracking UID names.
    """

    code: Code
    value: Quantity | bool | None = None
    broader: Code | None = None
    method: Code | None = None
    of_haematoma: bool = False
    parts: tuple[Part, ...] = ()


def statements(report: CtReport) -> list[Statement]:
    """All that ``report`` says in codes and numbers, the most important first."""
    said = [
        Statement(_local("haemorrhage-suspected", "Intracranial haemorrhage suspected"), report.haemorrhage_suspected),
        _volume(_local("haematoma-volume", "Haematoma volume"), report.haematoma_ml, of_haematoma=True),
        _volume(_local("oedema-volume", "Oedema volume"), report.oedema_ml, of_haematoma=False),
    ]
    if report.abc_over_2 is not None:
        said.append(_abc_over_2(report.abc_over_2))
    if report.type_probabilities:
        said.append(_type_probabilities(report.type_probabilities))
    return said


def notes(report: CtReport) -> list[str]:
    """What must be read with the numbers: reasons to look again, then peculiarities of the series."""
    look_again = [f"{flag.code}: {flag.detail}" for flag in report.review_flags]
    return look_again + [f"{unusual.code}: {unusual.detail}" for unusual in report.peculiarities]


def conclusion(report: CtReport) -> str:
    """The result in a few sentences, for a person who sees nothing else of it."""
    if report.haemorrhage_suspected:
        verdict = "Intracranial haemorrhage suspected."
    else:
        verdict = "The algorithm suspects no intracranial haemorrhage; this does not exclude one."
    volumes = f"Haematoma {report.haematoma_ml:.1f} mL, oedema {report.oedema_ml:.1f} mL."
    flags = [f"Look again: {flag.detail}" for flag in report.review_flags]
    return " ".join([verdict, volumes, *flags, RESEARCH_USE])


def _volume(code: Code, value_ml: float, of_haematoma: bool) -> Statement:
    return Statement(code, _quantity(value_ml, MILLILITRE), VOLUME, VOXEL_SUM, of_haematoma)


def _abc_over_2(abc: AbcOver2) -> Statement:
    return Statement(
        _local(*ABC_OVER_2),
        _quantity(abc.volume_ml, MILLILITRE),
        broader=VOLUME,
        of_haematoma=True,
        parts=(
            Part(LONG_AXIS, _quantity(abc.a_mm, MILLIMETRE)),
            Part(PERPENDICULAR_AXIS, _quantity(abc.b_mm, MILLIMETRE)),
            Part(HEIGHT, _quantity(abc.c_mm, MILLIMETRE)),
        ),
    )


def _type_probabilities(probabilities: dict[str, float]) -> Statement:
    return Statement(
        _local("type-probabilities", "Probabilities of haemorrhage types"),
        parts=tuple(
            Part(_local(*probability_of(name)), _quantity(value, UNITY)) for name, value in probabilities.items()
        ),
    )


def _local(value: str, display: str) -> Code:
    return Code(LOCAL, value, display)


def _quantity(value: float, unit: Code) -> Quantity:
    return Quantity(round(value, _DECIMALS), unit)
