"""The part of a report on the published clinical scores."""

from collections.abc import Mapping
from typing import Any, Final

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.record.facts import Facts
from services.risk_scoring.scores.registry import SCORES, compute
from services.risk_scoring.scores.score import NotComputable as NotComputed
from services.risk_scoring.scores.score import Score
from shared.contracts.risk import ClinicalScore, NamedScore, NotComputable, NotComputableReason, ScoreItem, ScoreMeaning

# The one score that is about the present, not about admission.
_PRESENT: Final = {"news2"}
# What the chart asks for in whole numbers.
_WHOLE: Final = {"respirations_per_min", "spo2_percent", "systolic_mmhg", "pulse_per_min"}


def scores_part(admission: Facts, present: Facts) -> list[NamedScore]:
    """Every score, computed or with the reasons why not."""
    return [_named(score, present if name in _PRESENT else admission) for name, score in SCORES.items()]


def _named(score: Score[Any], facts: Facts) -> NamedScore:
    inputs = {name: value for name in score.inputs.model_fields if (value := _input(name, facts)) is not None}
    return NamedScore(name=score.name, title=score.title, version=score.version, result=_result(inputs, score))


def _input(name: str, facts: Facts) -> Any:
    """A score's input from the facts; None where it is not known."""
    if name == "infratentorial":
        location = facts.value("location")
        return None if location is None else location == "infratentorial"
    if name == "glucose":
        mmol_l = facts.value("glucose_mmol_l")
        return None if mmol_l is None else {"value": float(mmol_l), "unit": "mmol/L"}
    value = facts.value(name)
    return round(value) if value is not None and name in _WHOLE else value


def _result(inputs: Mapping[str, Any], score: Score[Any]) -> ClinicalScore | NotComputable:
    try:
        found = compute(score.name, inputs)
    except RiskInputError as error:  # what can be true of a patient, and is beyond what this score foresees
        beyond = [
            NotComputableReason(code="not_applicable", field=f.field, detail=f"{f.field}: {f.problem}.")
            for f in error.fields
        ]
        return NotComputable(reasons=beyond)
    if isinstance(found, NotComputed):
        reasons = [
            NotComputableReason(code=reason.code, field=reason.field, detail=reason.detail) for reason in found.reasons
        ]
        return NotComputable(reasons=reasons)
    return ClinicalScore(
        total=found.total,
        lowest=found.lowest,
        highest=found.highest,
        higher_is=score.higher_is,
        items=[ScoreItem(title=item.title, points=item.points, reason=item.reason) for item in found.items],
        meanings=[ScoreMeaning(outcome=m.outcome, probability=m.probability, words=m.words) for m in found.meanings],
        unchecked=list(found.unchecked),
        cautions=list(found.cautions),
        provenance=found.provenance,
        citation=found.citation,
    )
