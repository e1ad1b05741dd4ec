"""The part of a report on the outcome at 90 days."""

from collections.abc import Sequence
from itertools import pairwise

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.outcome.inputs import OutcomeInputs
from services.risk_scoring.outcome.predict import predict_outcome
from services.risk_scoring.record.facts import Facts
from services.risk_scoring.report.inputs import inputs_of, no_haematoma, refusal
from services.risk_scoring.report.models import Models, contributions_of, name_of
from shared.contracts.risk import Exam, NotComputable, Outcome


def outcome_part(facts: Facts, exams: Sequence[Exam], models: Models) -> Outcome | NotComputable:
    """From the state at admission, and with the follow-up CTs once there are any. ``exams`` are by time."""
    if (refused := no_haematoma(facts)) is not None:
        return refused
    later = _follow_ups(exams)
    model = models.outcome_follow_up if later else models.outcome_admission
    try:
        found = predict_outcome(inputs_of(OutcomeInputs, facts, follow_ups=later), model)
    except RiskInputError as error:
        return refusal(error.fields, facts)
    # Rounding may carry the sum of seven floats a little past 1.
    return Outcome(
        mrs=found.mrs,
        probabilities=[min(1.0, max(0.0, p)) for p in found.probabilities],
        probability_disabled=min(1.0, found.probability_disabled),
        base_probability_disabled=min(1.0, found.base_probability_disabled),
        variant="follow_up" if later else "admission",
        definition=found.definition,
        contributions=contributions_of(model, found.contributions, found.missing),
        out_of_range=list(found.out_of_range),
        model=name_of(model),
    )


def _follow_ups(exams: Sequence[Exam]) -> tuple[dict[str, float | None], ...]:
    """The CTs after the first, where the onset is known; two of the same moment are one."""
    return tuple(
        {"hours_from_onset": exam.hours_from_onset, "haematoma_ml": exam.haematoma_ml, "oedema_ml": exam.oedema_ml}
        for before, exam in pairwise(exams)
        if exam.hours_from_onset is not None and before.hours_from_onset is not None and exam.at > before.at
    )
