"""Predictions of a course: they cover what the model draws, use the best model that can answer, and refuse by field."""

from typing import Any

import numpy as np
import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.oedema_course.card import COVARIATES
from services.risk_scoring.oedema_course.course import CoursePrediction, predict_course, shipped
from tests.fixtures.oedema import drawn_table, model_of, true_course

SHAPE = {"sphericity": 0.6, "elongation": 0.7, "flatness": 0.5}
PLACES = {"anterior_share": 0.0, "posterior_share": 0.2, "pons_medulla_share": 0.0, "cerebellum_share": 0.0}
HOURS = [24.0, 72.0, 168.0, 336.0, 504.0]


def predicted(*exams: tuple[float, float], hours: list[float] = HOURS, **covariates: Any) -> CoursePrediction:
    known = [{"hours_from_onset": at, "oedema_ml": volume} for at, volume in exams]
    return predict_course(known, {"haematoma_ml": 25.0, "age_years": 64} | covariates, hours)


def test_bands_cover_as_often_as_they_say_on_courses_drawn_from_the_model() -> None:
    """2400 follow-ups of 600 made-up patients: the standard error of a share of 80 % is under one percent."""
    table, model = drawn_table(patients=600, exams=5, seed=3), model_of(true_course())
    inside: dict[float, list[bool]] = {0.8: [], 0.95: []}
    for patient, (root, age) in enumerate(table.covariates[:, :2]):
        own = table.of(patient)
        volumes, hours = table.oedema_ml[own], table.hours[own]
        values = {"haematoma_ml": float(np.clip(root, 0.5, 9) ** 3), "age_years": float(np.clip(age, 18, 120))}
        exam = {"hours_from_onset": hours[0], "oedema_ml": volumes[0]}
        found = predict_course([exam], values, list(hours[1:]), [model])
        for level, band in ((0.8, found.band_80), (0.95, found.band_95)):
            inside[level] += list((volumes[1:] >= band.low_ml) & (volumes[1:] <= band.high_ml))
    assert np.mean(inside[0.8]) == pytest.approx(0.80, abs=0.025)
    assert np.mean(inside[0.95]) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    ("known", "variant"), [(SHAPE | PLACES, "location"), (SHAPE, "shape"), ({}, "volumes"), (PLACES, "volumes")]
)
def test_the_richest_model_that_the_covariates_allow_answers(known: dict[str, float], variant: Any) -> None:
    found = predicted((3.0, 8.0), **known)
    assert found.model == f"oedema_course_{variant}"
    assert set(found.not_used) == set(COVARIATES["location"]) - set(COVARIATES[variant])


@pytest.mark.parametrize("known", [SHAPE | PLACES, SHAPE, {}])
def test_shipped_models_tell_possible_volumes_in_nested_bands(known: dict[str, float]) -> None:
    found = predicted((3.0, 8.0), hours=[3.0, *HOURS, 4800.0], **known)
    ordered = [
        found.band_95.low_ml,
        found.band_80.low_ml,
        found.median_ml,
        found.band_80.high_ml,
        found.band_95.high_ml,
    ]
    assert (np.diff(ordered, axis=0) >= 0).all()
    assert ordered[0].min() >= 0
    assert ordered[-1].max() < 400


def test_a_further_exam_narrows_the_band_and_pulls_the_median() -> None:
    one, two = predicted((3.0, 8.0), **SHAPE), predicted((3.0, 8.0), (70.0, 60.0), **SHAPE)
    day_3 = HOURS.index(72.0)
    roots = [np.cbrt(found.band_80.high_ml) - np.cbrt(found.band_80.low_ml) for found in (one, two)]
    assert (roots[1] <= roots[0] + 1e-9).all()
    assert one.median_ml[day_3] < two.median_ml[day_3] == pytest.approx(60, rel=0.25)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"haematoma_ml": -1}, "covariates.haematoma_ml"),
        ({"age_years": 17}, "covariates.age_years"),
        ({"hours": [0.0]}, "hours.0"),
    ],
)
def test_wrong_values_are_refused_by_their_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RiskInputError) as refused:
        predicted((3.0, 8.0), **changes)
    assert [problem.field for problem in refused.value.fields] == [field]


def test_a_given_model_that_lacks_covariates_names_them() -> None:
    with pytest.raises(RiskInputError) as refused:
        predict_course(
            [{"hours_from_onset": 3.0, "oedema_ml": 8.0}],
            {"haematoma_ml": 25.0, "age_years": 64, "sphericity": 0.5},
            HOURS,
            [shipped()[1]],
        )
    assert [problem.field for problem in refused.value.fields] == ["covariates.elongation", "covariates.flatness"]
