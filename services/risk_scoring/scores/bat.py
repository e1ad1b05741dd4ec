"""The BAT score: expansion of an intracerebral haemorrhage from the plain CT (Morotti 2018)."""

from typing import Literal

from services.risk_scoring.scores.quantities import AgeYears, HoursToCt
from services.risk_scoring.scores.score import ADULTS, Condition, Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, below, equal_to, otherwise, when

_SOURCE = "Morotti A et al., The BAT score, Stroke 2018;49:1163-1169; validation PubMed 31342451"
_HIGH_RISK = 3


class BatInputs(ScoreInputs):
    """From the first plain CT. "unknown" says that the onset was asked for and nobody knows it, which scores 0."""

    blend_sign: bool | None = None
    hypodensity: bool | None = None
    onset_to_ct_h: HoursToCt | Literal["unknown"] | None = None
    coagulopathy: bool | None = None
    age_years: AgeYears | None = None


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    words = f"{'high' if total >= _HIGH_RISK else 'low'} risk of expansion (cut at {_HIGH_RISK} or more)"
    return (Meaning(outcome="expansion (> 6 mL or > 33 %)", probability=None, words=words, source=_SOURCE),)


BAT = Score(
    name="bat",
    title="the BAT score",
    version="2018",
    purpose="Expansion of an intracerebral haemorrhage, from the plain CT",
    inputs=BatInputs,
    items=(
        Item("blend_sign", "Blend sign", when(1)),
        Item("hypodensity", "Any hypodensity in the haematoma", when(2)),
        Item(
            "onset_to_ct_h",
            "From onset to CT",
            (
                Row("unknown", 0, equal_to("unknown")),
                Row("under 2.5 h", 2, below(2.5)),
                Row("2.5 h or more", 0, otherwise),
            ),
            unit="h",
        ),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="unverified",
    provenance_detail="Items, total and cut read in the validation's abstract; the points of each item from memory",
    conditions=(ADULTS, Condition("coagulopathy", "patients without coagulopathy", equal_to(False))),
)
