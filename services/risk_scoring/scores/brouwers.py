"""The 9-point score of haematoma expansion of Brouwers et al. (2014)."""

from typing import Literal

from services.risk_scoring.scores.quantities import AgeYears, KnownHoursToCt, VolumeMl
from services.risk_scoring.scores.score import Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, at_most, below, equal_to, otherwise, when

_SOURCE = "Brouwers HB et al., JAMA Neurol 2014;71:158-164, PubMed 24366060"


class BrouwersInputs(ScoreInputs):
    """At the first CT. "unavailable" says that no CT angiography was made, which the score foresees."""

    warfarin: bool | None = None
    onset_to_ct_h: KnownHoursToCt = None
    haematoma_ml: VolumeMl | None = None
    spot_sign: Literal["absent", "present", "unavailable"] | None = None
    age_years: AgeYears | None = None


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    words = f"{total} of 9: the risk rises steadily with the total; 19.1 % of all 817 patients expanded"
    return (Meaning(outcome="expansion (> 6 mL or > 33 %)", probability=None, words=words, source=_SOURCE),)


BROUWERS = Score(
    name="brouwers",
    title="the 9-point expansion score",
    version="2014",
    purpose="Expansion of a primary intracerebral haemorrhage",
    inputs=BrouwersInputs,
    items=(
        Item("warfarin", "Warfarin", when(2)),
        Item(
            "onset_to_ct_h",
            "From onset to CT",
            (Row("6 h or less", 2, at_most(6)), Row("over 6 h", 0, otherwise)),
            unit="h",
        ),
        Item(
            "haematoma_ml",
            "Baseline volume",
            (Row("under 30 mL", 0, below(30)), Row("30 to 60 mL", 1, at_most(60)), Row("over 60 mL", 2, otherwise)),
            unit="mL",
        ),
        Item(
            "spot_sign",
            "Spot sign on CT angiography",
            (
                Row("absent", 0, equal_to("absent")),
                Row("unavailable", 0, equal_to("unavailable")),
                Row("present", 3, equal_to("present")),
            ),
        ),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="unverified",
    provenance_detail="Items, bands and total read in the abstract; the points of each item from memory",
)
