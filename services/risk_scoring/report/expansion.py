"""The part of a report on haematoma expansion."""

from uuid import UUID

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.expansion.predict import ExpansionInputs, predict_expansion
from services.risk_scoring.record.facts import Facts
from services.risk_scoring.report.inputs import inputs_of, no_haematoma, refusal
from services.risk_scoring.report.models import Models, contributions_of, name_of
from services.risk_scoring.scorecard.card import RiskModel
from shared.contracts.risk import Expansion, NotComputable, NotComputableReason


def expansion_part(facts: Facts, first_finding_id: UUID | None, models: Models) -> Expansion | NotComputable:
    """By the model that knows the CT where there is one with radiomics, else by clinical data alone."""
    if (refused := no_haematoma(facts) or _too_late(facts, models)) is not None:
        return refused
    try:
        inputs = inputs_of(ExpansionInputs, facts)
    except RiskInputError as error:
        return refusal(error.fields, facts)
    if inputs.haematoma_radiomics is not None:
        by_ct = _predicted(inputs, models.expansion_admission, "admission", first_finding_id, facts)
        if isinstance(by_ct, Expansion):
            return by_ct
    return _predicted(inputs, models.expansion_clinical, "clinical", first_finding_id, facts)


def _too_late(facts: Facts, models: Models) -> NotComputable | None:
    """The refusal where the first CT was made when the window in which haematomas expand had passed."""
    hours, window_h = facts.value("onset_to_ct_h"), models.definition.within_h
    if hours is None or hours < window_h:
        return None
    detail = f"The first CT was made {hours:.0f} h after onset; expansion is predicted within {window_h:g} h of it."
    return NotComputable(reasons=[NotComputableReason(code="not_applicable", field="onset_to_ct_h", detail=detail)])


def _predicted(
    inputs: ExpansionInputs, model: RiskModel, variant: str, first_finding_id: UUID | None, facts: Facts
) -> Expansion | NotComputable:
    try:
        found = predict_expansion(inputs, model)
    except RiskInputError as error:
        return refusal(error.fields, facts)
    return Expansion(
        probability=found.probability,
        base_probability=found.base_probability,
        variant="admission" if variant == "admission" else "clinical",
        definition=found.definition,
        contributions=contributions_of(model, found.contributions, found.missing),
        out_of_range=list(found.out_of_range),
        model=name_of(model),
        first_finding_id=first_finding_id,
    )
