import math

import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.expansion.predict import (
    ExpansionInputs,
    load_admission_model,
    load_clinical_model,
    predict_expansion,
)
from services.risk_scoring.scorecard.card import RiskModel
from shared.contracts.ct import Radiomics

CLINICAL = ExpansionInputs(
    age_years=64,
    sex="male",
    onset_to_first_exam_h=1.5,
    systolic_mmhg=180,
    diastolic_mmhg=95,
    premorbid_mrs=0,
    hypertension=True,
    prior_stroke=False,
    diabetes=False,
    atrial_fibrillation=False,
    coronary_heart_disease=False,
    smoking=False,
    alcohol=False,
)
ADMISSION = ExpansionInputs(
    **dict(CLINICAL),
).model_copy(
    update={
        "haematoma_ml": 40.0,
        "oedema_ml": 15.0,
        "haematoma_radiomics": Radiomics(
            shape={"Elongation": 0.6, "Flatness": 0.5, "Sphericity": 0.6},
            first_order={"Mean": 140.0, "Variance": 900.0, "Skewness": 0.1, "Kurtosis": 2.1, "Entropy": 3.6},
        ),
    }
)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


@pytest.fixture(scope="module")
def admission_model() -> RiskModel:
    return load_admission_model()


def test_contributions_add_up_to_the_prediction_less_the_base(admission_model: RiskModel) -> None:
    prediction = predict_expansion(ADMISSION, admission_model)
    explained = logit(prediction.probability) - logit(prediction.base_probability)
    assert sum(prediction.contributions.values()) == pytest.approx(explained)
    assert prediction.missing == ()
    assert (prediction.model, prediction.version) == ("expansion_admission", admission_model.manifest.version)


def test_a_larger_and_earlier_bleed_is_the_greater_risk(admission_model: RiskModel) -> None:
    late = ADMISSION.model_copy(update={"onset_to_first_exam_h": 20.0})
    small = ADMISSION.model_copy(update={"haematoma_ml": 8.0, "oedema_ml": 3.0})
    risk = predict_expansion(ADMISSION, admission_model).probability
    assert predict_expansion(late, admission_model).probability < risk
    assert predict_expansion(small, admission_model).probability < risk


def test_without_radiomics_shape_and_density_add_nothing_and_are_named(admission_model: RiskModel) -> None:
    blind = predict_expansion(ADMISSION.model_copy(update={"haematoma_radiomics": None}), admission_model)
    assert {"elongation", "flatness", "sphericity", "log_density_variation"} <= set(blind.missing)
    assert blind.contributions["elongation"] == 0


@pytest.mark.parametrize("unknown", ["haematoma_ml", "onset_to_first_exam_h"])
def test_without_volume_or_time_the_admission_model_refuses_by_name(admission_model: RiskModel, unknown: str) -> None:
    with pytest.raises(RiskInputError) as caught:
        predict_expansion(ADMISSION.model_copy(update={unknown: None}), admission_model)
    assert [field.field for field in caught.value.fields] == [unknown]


def test_without_a_haematoma_there_is_no_expansion_to_predict(admission_model: RiskModel) -> None:
    with pytest.raises(RiskInputError, match="haematoma_ml"):
        predict_expansion(ADMISSION.model_copy(update={"haematoma_ml": 0.0}), admission_model)


def test_the_clinical_model_needs_no_ct() -> None:
    model = load_clinical_model()
    assert predict_expansion(CLINICAL, model) == predict_expansion(ADMISSION, model)


def test_not_knowing_of_a_disease_is_not_the_same_as_its_absence() -> None:
    model = load_clinical_model()
    unknown = CLINICAL.model_copy(update={"atrial_fibrillation": None})
    prediction = predict_expansion(unknown, model)
    assert prediction.missing == ("atrial_fibrillation",)
    assert prediction.probability != predict_expansion(CLINICAL, model).probability


def test_values_unlike_the_cohorts_are_named(admission_model: RiskModel) -> None:
    odd = ADMISSION.model_copy(update={"haematoma_ml": 900.0, "onset_to_first_exam_h": 0.1})
    assert "log_early_growth" in predict_expansion(odd, admission_model).out_of_range
