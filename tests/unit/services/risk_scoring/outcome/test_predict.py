import numpy as np
import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.outcome.inputs import FollowUp, OutcomeInputs
from services.risk_scoring.outcome.predict import load_admission_model, load_follow_up_model, predict_outcome

PATIENT = OutcomeInputs(age_years=60, sex="male", onset_to_first_exam_h=2, haematoma_ml=25, oedema_ml=12)


def test_the_seven_levels_add_up_to_one_and_their_median_is_predicted() -> None:
    prediction = predict_outcome(PATIENT, load_admission_model())
    assert len(prediction.probabilities) == 7
    assert sum(prediction.probabilities) == pytest.approx(1)
    below = np.cumsum(prediction.probabilities)
    assert below[prediction.mrs] >= 0.5
    assert prediction.mrs == 0 or below[prediction.mrs - 1] < 0.5
    assert prediction.probability_disabled == pytest.approx(sum(prediction.probabilities[3:]))


def test_contributions_are_log_odds_of_every_cut() -> None:
    prediction = predict_outcome(PATIENT, load_admission_model())
    odds, base = prediction.probability_disabled, prediction.base_probability_disabled
    explained = np.log(odds / (1 - odds)) - np.log(base / (1 - base))
    assert sum(prediction.contributions.values()) == pytest.approx(explained)


def test_older_patients_with_larger_bleeds_are_expected_to_do_worse() -> None:
    model = load_admission_model()
    worse = PATIENT.model_copy(update={"age_years": 88.0, "haematoma_ml": 120.0})
    assert predict_outcome(worse, model).probability_disabled > predict_outcome(PATIENT, model).probability_disabled


def test_a_bleed_that_grew_is_expected_to_end_worse() -> None:
    model = load_follow_up_model()
    stable, grown = (
        PATIENT.model_copy(update={"follow_ups": (FollowUp(hours_from_onset=20, haematoma_ml=volume, oedema_ml=20),)})
        for volume in (25, 70)
    )
    assert predict_outcome(grown, model).probability_disabled > predict_outcome(stable, model).probability_disabled


@pytest.mark.parametrize("unknown", ["age_years", "haematoma_ml"])
def test_without_age_or_volume_the_outcome_is_refused(unknown: str) -> None:
    with pytest.raises(RiskInputError, match=unknown):
        predict_outcome(PATIENT.model_copy(update={unknown: None}), load_admission_model())
