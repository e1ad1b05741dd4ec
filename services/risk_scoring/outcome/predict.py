"""The modified Rankin Scale at 90 days for one patient, as probabilities of its seven levels."""

from dataclasses import dataclass

import numpy as np

from services.risk_scoring.features import BY_NAME
from services.risk_scoring.outcome.features import FOLLOW_UP
from services.risk_scoring.outcome.inputs import OutcomeInputs
from services.risk_scoring.scorecard.card import RiskModel, load_model
from services.risk_scoring.scorecard.from_inputs import score_inputs
from services.risk_scoring.scorecard.scoring import level_probabilities

ADMISSION_MODEL, FOLLOW_UP_MODEL = "outcome_admission", "outcome_follow_up"
DISABLED_FROM = 3  # mRS 3 to 6: cannot live without help, or dead

OUTCOME_FEATURES = BY_NAME | {feature.name: feature for feature in FOLLOW_UP}


@dataclass(frozen=True)
class OutcomePrediction:
    """``probabilities`` of mRS 0 to 6; ``mrs`` is their median, which errs least in absolute terms.

    ``contributions`` are log odds towards worse levels, the same at every cut, relative to a patient with every
    feature at the cohort's mean (whose ``base_probability_disabled`` is P(mRS >= 3)).
    """

    mrs: int
    probabilities: tuple[float, ...]
    probability_disabled: float
    base_probability_disabled: float
    contributions: dict[str, float]
    missing: tuple[str, ...]
    out_of_range: tuple[str, ...]
    definition: str
    model: str
    version: str


def load_admission_model() -> RiskModel:
    """The model of what is known at admission."""
    return load_model(ADMISSION_MODEL)


def load_follow_up_model() -> RiskModel:
    """The model that also uses follow-up CTs."""
    return load_model(FOLLOW_UP_MODEL)


def predict_outcome(inputs: OutcomeInputs, model: RiskModel) -> OutcomePrediction:
    """Weigh the features of ``inputs``.

    Raises RiskInputError, naming the inputs, where a feature is unknown that ``model`` must have.
    """
    scoring = score_inputs(inputs, model, OUTCOME_FEATURES)
    probabilities = level_probabilities(model.card, scoring.total)
    return OutcomePrediction(
        mrs=int(np.searchsorted(np.cumsum(probabilities), 0.5)),
        probabilities=tuple(map(float, probabilities)),
        probability_disabled=float(probabilities[DISABLED_FROM:].sum()),
        base_probability_disabled=float(level_probabilities(model.card, 0.0)[DISABLED_FROM:].sum()),
        contributions=scoring.contributions,
        missing=scoring.missing,
        out_of_range=scoring.out_of_range,
        definition=model.manifest.definition,
        model=model.manifest.name,
        version=model.manifest.version,
    )
