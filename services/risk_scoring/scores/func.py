"""The FUNC score: functional independence 90 days after a primary intracerebral haemorrhage (Rost 2008)."""

from services.risk_scoring.scores.quantities import AgeYears, GlasgowComaScale, Location, VolumeMl
from services.risk_scoring.scores.score import ADULTS, Condition, Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, at_most, below, equal_to, otherwise

_SOURCE = "Rost NS et al., The FUNC score, Stroke 2008;39:2304-2309"
# Highest total of the band, P(GOS >= 4 at 90 days) in the whole cohort, and among survivors alone, which public
# calculators print without saying so.
_INDEPENDENCE = ((4, 0.0, 0.0), (7, 0.13, 0.29), (8, 0.42, 0.48), (10, 0.66, 0.75), (11, 0.82, 0.95))


class FuncInputs(ScoreInputs):
    """At presentation."""

    haematoma_ml: VolumeMl | None = None
    age_years: AgeYears | None = None
    location: Location | None = None
    gcs: GlasgowComaScale | None = None
    cognitive_impairment_before: bool | None = None
    primary_haemorrhage: bool | None = None


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    of_all, of_survivors = next((p, q) for highest, p, q in _INDEPENDENCE if total <= highest)
    outcome = "functional independence (Glasgow Outcome Scale 4 or 5) at 90 days"
    return (
        Meaning(
            outcome=f"{outcome}, whole cohort",
            probability=of_all,
            words=f"{of_all:.0%} of all patients with this score, the dead included, were independent at 90 days",
            source=_SOURCE,
        ),
        Meaning(
            outcome=f"{outcome}, survivors alone",
            probability=of_survivors,
            words=f"{of_survivors:.0%} of those who lived were independent at 90 days",
            source=_SOURCE,
        ),
    )


FUNC = Score(
    name="func",
    title="the FUNC score",
    version="2008",
    purpose="Functional independence 90 days after a primary intracerebral haemorrhage; higher is better",
    inputs=FuncInputs,
    items=(
        Item(
            "haematoma_ml",
            "Haematoma volume",
            (Row("under 30 mL", 4, below(30)), Row("30 to 60 mL", 2, at_most(60)), Row("over 60 mL", 0, otherwise)),
            unit="mL",
        ),
        Item(
            "age_years",
            "Age",
            (Row("under 70", 2, below(70)), Row("70 to 79", 1, below(80)), Row("80 or over", 0, otherwise)),
            unit="years",
        ),
        Item(
            "location",
            "Location",
            (
                Row("lobar", 2, equal_to("lobar")),
                Row("deep", 1, equal_to("deep")),
                Row("infratentorial", 0, equal_to("infratentorial")),
            ),
        ),
        Item("gcs", "Glasgow Coma Scale", (Row("8 or less", 0, at_most(8)), Row("9 or more", 2, otherwise))),
        Item(
            "cognitive_impairment_before",
            "Cognitive impairment before the haemorrhage",
            (Row("yes", 0, equal_to(True)), Row("no", 1, equal_to(False))),
        ),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="read_in_source",
    provenance_detail="Points and both columns of outcomes as in the paper",
    conditions=(
        ADULTS,
        Condition(
            "primary_haemorrhage",
            "primary haemorrhage (not by trauma, tumour, vascular malformation or conversion of an infarct)",
            equal_to(True),
        ),
    ),
    cautions=("A baseline score must not be the sole basis for limiting care (AHA/ASA guideline 2022).",),
    higher_is="better",
)
