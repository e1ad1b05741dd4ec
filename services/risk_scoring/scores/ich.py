"""The ICH score: death within 30 days of an intracerebral haemorrhage (Hemphill 2001)."""

from services.risk_scoring.scores.quantities import AgeYears, GlasgowComaScale, VolumeMl
from services.risk_scoring.scores.score import Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, at_most, below, otherwise, when

_SOURCE = "Hemphill JC et al., The ICH score, Stroke 2001;32:891-897"
# 152 patients, none of whom had 6. Public calculators that print 94 % for a score of 4 have it wrong.
_DEATHS_WITHIN_30_DAYS = (0.0, 0.13, 0.26, 0.72, 0.97, 1.0, 1.0)


class IchInputs(ScoreInputs):
    """At presentation, before any treatment."""

    gcs: GlasgowComaScale | None = None
    haematoma_ml: VolumeMl | None = None
    intraventricular: bool | None = None
    infratentorial: bool | None = None
    age_years: AgeYears | None = None


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    probability = _DEATHS_WITHIN_30_DAYS[total]
    unseen = ", of whom none scored 6" if total == 6 else ""
    words = f"{probability:.0%} of the patients with this score had died after 30 days (152 patients{unseen})"
    return (Meaning(outcome="death within 30 days", probability=probability, words=words, source=_SOURCE),)


ICH = Score(
    name="ich",
    title="the ICH score",
    version="2001",
    purpose="Mortality 30 days after an intracerebral haemorrhage",
    inputs=IchInputs,
    items=(
        Item(
            "gcs",
            "Glasgow Coma Scale",
            (Row("3 to 4", 2, at_most(4)), Row("5 to 12", 1, at_most(12)), Row("13 to 15", 0, otherwise)),
        ),
        Item(
            "haematoma_ml",
            "Haematoma volume",
            (Row("under 30 mL", 0, below(30)), Row("30 mL or more", 1, otherwise)),
            unit="mL",
        ),
        Item("intraventricular", "Blood in the ventricles", when(1)),
        Item("infratentorial", "Infratentorial origin", when(1)),
        Item("age_years", "Age", (Row("under 80", 0, below(80)), Row("80 or over", 1, otherwise)), unit="years"),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="read_in_source",
    provenance_detail="Points and mortality as in the paper",
    cautions=(
        "A baseline score must not be the sole basis for limiting care (AHA/ASA guideline 2022, Stroke 2022;53:e282).",
    ),
)
