"""The probability of haematoma expansion for one patient, with what each feature adds to it."""

import math
from dataclasses import dataclass

from services.risk_scoring.features import BY_NAME
from services.risk_scoring.inputs import AdmissionInputs
from services.risk_scoring.scorecard.card import RiskModel, load_model
from services.risk_scoring.scorecard.from_inputs import score_inputs

ADMISSION_MODEL, CLINICAL_MODEL = "expansion_admission", "expansion_clinical"


class ExpansionInputs(AdmissionInputs):
    """What expansion is predicted from: the state at admission alone, no treatment."""


@dataclass(frozen=True)
class ExpansionPrediction:
    """``probability`` of expansion as ``definition`` has it; logit probability = base + sum of ``contributions``.

    ``base_probability`` is that of a patient with every feature at the cohort's mean. ``missing`` features were not
    known and add nothing; ``out_of_range`` ones lie outside what the model learned from.
    """

    probability: float
    base_probability: float
    contributions: dict[str, float]
    missing: tuple[str, ...]
    out_of_range: tuple[str, ...]
    definition: str
    model: str
    version: str


def load_admission_model() -> RiskModel:
    """The model of clinical data, volumes and radiomics."""
    return load_model(ADMISSION_MODEL)


def load_clinical_model() -> RiskModel:
    """The model of clinical data alone."""
    return load_model(CLINICAL_MODEL)


def predict_expansion(inputs: AdmissionInputs, model: RiskModel) -> ExpansionPrediction:
    """Weigh the features of ``inputs``.

    Raises RiskInputError, naming the inputs, where a feature is unknown that ``model`` must have.
    """
    scoring = score_inputs(inputs, model, BY_NAME)
    base = -model.card.cuts[0]
    return ExpansionPrediction(
        probability=_sigmoid(base + scoring.total),
        base_probability=_sigmoid(base),
        contributions=scoring.contributions,
        missing=scoring.missing,
        out_of_range=scoring.out_of_range,
        definition=model.manifest.definition,
        model=model.manifest.name,
        version=model.manifest.version,
    )


def _sigmoid(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
