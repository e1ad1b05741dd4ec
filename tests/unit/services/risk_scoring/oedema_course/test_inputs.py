"""What a course can be asked from: every wrong field is named."""

from typing import Any

import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.inputs import AdmissionInputs, read_inputs
from services.risk_scoring.oedema_course.inputs import CourseCovariates, CourseRequest, covariates_of
from shared.contracts.ct import Radiomics


def a_request(**changes: Any) -> dict[str, Any]:
    exams = [{"hours_from_onset": 2.0, "oedema_ml": 5.0}, {"hours_from_onset": 20.0, "oedema_ml": 9.0}]
    return {"exams": exams, "covariates": {"haematoma_ml": 20.0, "age_years": 60}, "hours": [48.0]} | changes


def exam(hours: float, volume_ml: float = 1.0) -> dict[str, float]:
    return {"hours_from_onset": hours, "oedema_ml": volume_ml}


def covariates(**changes: Any) -> dict[str, Any]:
    return {"haematoma_ml": 20.0, "age_years": 60} | changes


def test_a_request_in_order_is_read() -> None:
    assert read_inputs(CourseRequest, a_request()).covariates.sphericity is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"exams": []}, "exams"),
        ({"exams": [exam(0.0)]}, "exams.0.hours_from_onset"),
        ({"exams": [exam(-3.0)]}, "exams.0.hours_from_onset"),
        ({"exams": [exam(float("nan"))]}, "exams.0.hours_from_onset"),
        ({"exams": [exam(2.0), exam(4801.0)]}, "exams.1.hours_from_onset"),
        ({"exams": [exam(2.0, -0.1)]}, "exams.0.oedema_ml"),
        ({"exams": [exam(2.0, 1001.0)]}, "exams.0.oedema_ml"),
        ({"exams": [exam(2.0, float("inf"))]}, "exams.0.oedema_ml"),
        ({"exams": [exam(20.0), exam(2.0)]}, "exams"),
        ({"exams": [exam(2.0), exam(2.0)]}, "exams"),
        ({"exams": [{**exam(2.0), "haematoma_ml": 3.0}]}, "exams.0.haematoma_ml"),
        ({"hours": []}, "hours"),
        ({"hours": [1.0] * 1001}, "hours"),
        ({"hours": [48.0, 0.0]}, "hours.1"),
        ({"hours": [4801.0]}, "hours.0"),
        ({"covariates": covariates(haematoma_ml=0)}, "covariates.haematoma_ml"),
        ({"covariates": covariates(haematoma_ml=None)}, "covariates.haematoma_ml"),
        ({"covariates": covariates(age_years=17)}, "covariates.age_years"),
        ({"covariates": covariates(age_years=121)}, "covariates.age_years"),
        ({"covariates": covariates(sphericity=1.2)}, "covariates.sphericity"),
        ({"covariates": covariates(elongation=-0.1)}, "covariates.elongation"),
        ({"covariates": covariates(flatness=2)}, "covariates.flatness"),
        ({"covariates": covariates(cerebellum_share=1.5)}, "covariates.cerebellum_share"),
        ({"covariates": covariates(sex="male")}, "covariates.sex"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RiskInputError) as refused:
        read_inputs(CourseRequest, a_request(**changes))
    assert [problem.field for problem in refused.value.fields] == [field]
    assert field in refused.value.detail


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(RiskInputError) as refused:
        read_inputs(CourseRequest, a_request(exams=[exam(-1.0, -1.0)], hours=[0.0]))
    named = {problem.field for problem in refused.value.fields}
    assert named == {"exams.0.hours_from_onset", "exams.0.oedema_ml", "hours.0"}


def test_shares_of_more_than_one_haematoma_are_refused() -> None:
    with pytest.raises(RiskInputError, match="territories add up"):
        read_inputs(CourseCovariates, covariates(anterior_share=0.7, posterior_share=0.5))
    assert read_inputs(CourseCovariates, covariates(anterior_share=0.505, posterior_share=0.5)).flatness is None


def test_covariates_come_from_radiomics_and_from_both_sides_of_a_territory() -> None:
    radiomics = Radiomics(shape={"Sphericity": 0.6, "Elongation": 0.8, "Flatness": 0.5}, first_order={})
    admission = AdmissionInputs(haematoma_ml=20, age_years=60, haematoma_radiomics=radiomics)
    places = ("aca", "mca", "pca", "pons_medulla", "cerebellum")
    territories = {f"{place}_{side}": 0.0 for place in places for side in "rl"}
    found = covariates_of(admission, territories | {"pca_r": 0.25, "pca_l": 0.5, "mca_r": 0.25})
    assert found == {
        "haematoma_ml": 20,
        "age_years": 60,
        "sphericity": 0.6,
        "elongation": 0.8,
        "flatness": 0.5,
        "anterior_share": 0.0,
        "posterior_share": 0.75,
        "pons_medulla_share": 0.0,
        "cerebellum_share": 0.0,
    }


def test_what_the_ct_does_not_tell_stays_unknown() -> None:
    found = covariates_of(AdmissionInputs(haematoma_ml=20, age_years=60), None)
    assert {name for name, value in found.items() if value is not None} == {"haematoma_ml", "age_years"}
