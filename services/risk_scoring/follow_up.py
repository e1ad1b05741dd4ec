"""What became of a haematoma: growth from the first CT to a later one, with how far both outlines could move."""

import math
from collections.abc import Sequence
from typing import Literal

from services.risk_scoring.expansion.definition import ExpansionDefinition
from shared.contracts.risk import Exam, Growth

Expanded = Literal["yes", "no", "uncertain", "new_bleed", "too_late"]
Range = tuple[float, float]

# A cubic millimetre: a part of less is no part of anything that a CT can show.
SMALLEST_ML = 0.001


def growth_of(exams: Sequence[Exam], definition: ExpansionDefinition) -> list[Growth]:
    """The growth from the first of ``exams`` (by time) to each later one."""
    return [growth(exams[0], later, definition) for later in exams[1:]]


def growth(first: Exam, later: Exam, definition: ExpansionDefinition) -> Growth:
    """The growth from ``first`` to ``later``, and whether that is an expansion as ``definition`` has it.

    The band is first-order propagation of two independent errors, each as wide as the doubtful rim of its outline:
    growth - sqrt((V1 - V1,low)² + (V0,high - V0)²) to growth + sqrt((V1,high - V1)² + (V0 - V0,low)²). The corners
    themselves (V1,low - V0,high) would call most stable large bleeds uncertain.
    """
    v0, v1 = first.haematoma_ml, later.haematoma_ml
    band = _band(first, later)
    return Growth(
        first=first,
        later=later,
        growth_ml=v1 - v0,
        growth_ml_range=band,
        relative=(v1 - v0) / v0 if v0 >= SMALLEST_ML else None,
        definition=definition.describe(),
        expanded=_expanded(first, later, band or (v1 - v0, v1 - v0), definition),
    )


def _band(first: Exam, later: Exam) -> Range | None:
    if first.haematoma_ml_range is None or later.haematoma_ml_range is None:
        return None
    v0, v1 = first.haematoma_ml, later.haematoma_ml
    # The doubtful rim begins where the outline ends, but for rounding.
    low0, high0 = min(first.haematoma_ml_range[0], v0), max(first.haematoma_ml_range[1], v0)
    low1, high1 = min(later.haematoma_ml_range[0], v1), max(later.haematoma_ml_range[1], v1)
    return (v1 - v0 - math.hypot(v1 - low1, high0 - v0), v1 - v0 + math.hypot(high1 - v1, v0 - low0))


def _expanded(first: Exam, later: Exam, band: Range, definition: ExpansionDefinition) -> Expanded:
    if later.hours_from_onset is not None and later.hours_from_onset > definition.within_h:
        return "too_late"
    # Even if the first CT was made at the onset itself.
    if (later.at - first.at).total_seconds() > definition.within_h * 3600:
        return "too_late"
    if first.haematoma_ml == 0:
        return "new_bleed" if later.haematoma_ml > 0 else "no"
    least, most = (definition.expanded(first.haematoma_ml, first.haematoma_ml + grown) for grown in band)
    if least != most or later.hours_from_onset is None:
        return "uncertain"
    return "yes" if most else "no"
