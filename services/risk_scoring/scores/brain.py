"""The BRAIN score: growth of an intracerebral haemorrhage by 6 mL or more (Wang 2015)."""

from services.risk_scoring.scores.quantities import AgeYears, KnownHoursToCt, VolumeMl
from services.risk_scoring.scores.score import Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, at_most, otherwise, when

_SOURCE = "Wang X et al., Clinical prediction algorithm (BRAIN), Stroke 2015;46:376-381, PubMed 25503550"
# P(growth >= 6 mL) in % for totals 0 to 24.
_GROWTH_PERCENT = (
    *(3.4, 4.2, 5.1, 6.3, 7.7, 9.4, 11.3, 13.7, 16.4, 19.5, 23.1, 27.2, 31.6),
    *(36.4, 41.5, 46.7, 52.1, 57.4, 62.5, 67.4, 71.9, 76.0, 79.7, 83.0, 85.8),
)


class BrainInputs(ScoreInputs):
    """At the first CT."""

    haematoma_ml: VolumeMl | None = None
    recurrent_haemorrhage: bool | None = None
    warfarin: bool | None = None
    intraventricular: bool | None = None
    onset_to_ct_h: KnownHoursToCt = None
    age_years: AgeYears | None = None


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    percent = _GROWTH_PERCENT[total]
    words = f"{percent:.1f} % predicted to grow by 6 mL or more; c-statistic 0.73 (INTERACT2, 964 patients)"
    return (Meaning(outcome="growth by 6 mL or more", probability=percent / 100, words=words, source=_SOURCE),)


BRAIN = Score(
    name="brain",
    title="the BRAIN score",
    version="2015",
    purpose="Growth of an intracerebral haemorrhage by 6 mL or more",
    inputs=BrainInputs,
    items=(
        Item(
            "haematoma_ml",
            "Baseline volume",
            (
                Row("10 mL or less", 0, at_most(10)),
                Row("over 10 to 20 mL", 5, at_most(20)),
                Row("over 20 mL", 7, otherwise),
            ),
            unit="mL",
        ),
        Item("recurrent_haemorrhage", "Recurrent intracerebral haemorrhage", when(4)),
        Item("warfarin", "Anticoagulation with warfarin", when(6)),
        Item("intraventricular", "Extension into the ventricles", when(2)),
        Item(
            "onset_to_ct_h",
            "From onset to CT",
            (
                Row("1 h or less", 5, at_most(1)),
                Row("over 1 to 2 h", 4, at_most(2)),
                Row("over 2 to 3 h", 3, at_most(3)),
                Row("over 3 to 4 h", 2, at_most(4)),
                Row("over 4 to 5 h", 1, at_most(5)),
                Row("over 5 h", 0, otherwise),
            ),
            unit="h",
        ),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="read_in_source",
    provenance_detail="Items, points and all 25 probabilities read in the abstract and a published table",
    cautions=("Scored for warfarin; the source says nothing of direct oral anticoagulants.",),
)
