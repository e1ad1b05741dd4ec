import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.inputs import AdmissionInputs, read_inputs
from services.risk_scoring.outcome.inputs import OutcomeInputs


def problems(kind: type[AdmissionInputs], **values: object) -> dict[str, str]:
    with pytest.raises(RiskInputError) as caught:
        read_inputs(kind, values)
    return {field.field: field.problem for field in caught.value.fields}


def test_every_impossible_value_is_named_by_its_field() -> None:
    named = problems(AdmissionInputs, haematoma_ml=-1, age_years=7, onset_to_first_exam_h=0, premorbid_mrs=6, sex="m")
    assert set(named) == {"haematoma_ml", "age_years", "onset_to_first_exam_h", "premorbid_mrs", "sex"}
    assert "greater than or equal to 0" in named["haematoma_ml"]


def test_a_diastolic_above_the_systolic_pressure_is_refused_in_the_diastolic_field() -> None:
    assert problems(AdmissionInputs, systolic_mmhg=120, diastolic_mmhg=130) == {
        "diastolic_mmhg": "130 mmHg is not below the systolic 120 mmHg"
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_volume_that_is_no_finite_number_is_refused(value: float) -> None:
    assert set(problems(AdmissionInputs, oedema_ml=value)) == {"oedema_ml"}


def test_an_unknown_field_is_refused_rather_than_ignored() -> None:
    assert set(problems(AdmissionInputs, hematoma_ml=3)) == {"hematoma_ml"}


def test_a_follow_up_before_the_first_ct_is_refused() -> None:
    later = {"hours_from_onset": 2, "haematoma_ml": 3, "oedema_ml": 1}
    assert set(problems(OutcomeInputs, onset_to_first_exam_h=3, follow_ups=[later])) == {"follow_ups"}


def test_a_wrong_value_of_a_follow_up_is_named_with_its_place() -> None:
    later = {"hours_from_onset": 20, "haematoma_ml": -3, "oedema_ml": 1}
    assert set(problems(OutcomeInputs, follow_ups=[later])) == {"follow_ups.0.haematoma_ml"}


def test_everything_may_be_unknown() -> None:
    assert read_inputs(AdmissionInputs, {}).haematoma_ml is None
