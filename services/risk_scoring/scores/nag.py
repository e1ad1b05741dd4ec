"""The NAG scale: expansion of an intracerebral haemorrhage from NIHSS, anticoagulants and glucose (PubMed 29958849)."""

from services.risk_scoring.scores.quantities import AgeYears, Glucose, Nihss
from services.risk_scoring.scores.score import Meaning, Score, ScoreInputs
from services.risk_scoring.scores.table import Item, ItemPoints, Row, below, otherwise, when

_SOURCE = "The NAG scale (NIHSS, anticoagulants, glucose), 2018, PubMed 29958849"
_EXPANSION = (0.04, 0.25, 0.60, 1.0)  # of 118 patients
_THRESHOLD = {"mg/dL": 133.0, "mmol/L": 7.38}


class NagInputs(ScoreInputs):
    """At admission."""

    nihss: Nihss | None = None
    anticoagulant: bool | None = None
    glucose: Glucose | None = None
    age_years: AgeYears | None = None


def _low(glucose: Glucose) -> bool:
    return glucose.value < _THRESHOLD[glucose.unit]


def _meaning(total: int, _items: tuple[ItemPoints, ...]) -> tuple[Meaning, ...]:
    probability = _EXPANSION[total]
    words = f"{probability:.0%} of the patients with this score expanded (118 patients)"
    return (Meaning(outcome="expansion", probability=probability, words=words, source=_SOURCE),)


NAG = Score(
    name="nag",
    title="the NAG scale",
    version="2018",
    purpose="Expansion of an intracerebral haemorrhage, without imaging",
    inputs=NagInputs,
    items=(
        Item("nihss", "NIHSS", (Row("under 10", 0, below(10)), Row("10 or more", 1, otherwise))),
        Item("anticoagulant", "Anticoagulant use", when(1)),
        Item(
            "glucose",
            "Glucose",
            (
                Row("under 133 mg/dL (7.38 mmol/L)", 0, _low),
                Row("133 mg/dL (7.38 mmol/L) or more", 1, otherwise),
            ),
        ),
    ),
    meaning=_meaning,
    citation=_SOURCE,
    provenance="read_in_source",
    provenance_detail="Items, points and frequencies read in the abstract",
    cautions=("From 118 patients of one centre: the frequencies of the rare totals are uncertain.",),
)
