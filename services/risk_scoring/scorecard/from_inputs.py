"""From the inputs of one patient to the weighed features of one model."""

from collections.abc import Mapping

from services.risk_scoring.errors import FieldProblem, RiskInputError
from services.risk_scoring.features import Feature
from services.risk_scoring.inputs import AdmissionInputs
from services.risk_scoring.scorecard.card import RiskModel
from services.risk_scoring.scorecard.scoring import Scoring, score


def score_inputs(inputs: AdmissionInputs, model: RiskModel, features: Mapping[str, Feature]) -> Scoring:
    """Compute the model's features by name from ``features`` and weigh them.

    Raises RiskInputError, naming the inputs, where a feature is unknown that ``model`` must have.
    """
    scoring = score(model.card, {weight.name: features[weight.name].compute(inputs) for weight in model.card.features})
    if scoring.refused:
        needed = dict.fromkeys(field for name in scoring.refused for field in features[name].needs)
        lacking = [field for field in needed if not getattr(inputs, field)]
        raise RiskInputError([FieldProblem(field, "is needed by the model, but not known or 0") for field in lacking])
    return scoring
