"""The oedema's course in a report: from what is known to figures, or to the reasons why there are none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from services.risk_scoring.oedema_course.course import predict_course
from services.risk_scoring.record.facts import Facts
from services.risk_scoring.report.oedema_course import HORIZON_H, oedema_part
from services.risk_scoring.worker import models
from shared.contracts.ct import Radiomics
from shared.contracts.risk import Exam, Known, NotComputable, OedemaCourse

ADMITTED = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
SHAPE = {"Sphericity": 0.55, "Elongation": 0.7, "Flatness": 0.6}
KNOWN: dict[str, Any] = {"onset_to_ct_h": 2.5, "haematoma_ml": 20.0, "oedema_ml": 6.0, "age_years": 70}


def facts(radiomics: dict[str, float] | None = SHAPE, **changes: Any) -> Facts:
    values = {name: value for name, value in (KNOWN | changes).items() if value is not None}
    known = {name: Known(name=name, value=value, source="asked") for name, value in values.items()}
    return Facts(known, radiomics=None if radiomics is None else Radiomics(shape=radiomics, first_order={}))


def exams(*hours_later_and_ml: tuple[float, float]) -> list[Exam]:
    """The admission's exam, and others so many hours after it."""
    return [
        Exam(
            finding_id=uuid4(),
            at=ADMITTED + timedelta(hours=hours),
            at_is_arrival=False,
            hours_from_onset=None,
            haematoma_ml=20.0,
            haematoma_ml_range=None,
            oedema_ml=volume,
        )
        for hours, volume in ((0.0, 6.0), *hours_later_and_ml)
    ]


def course(known: Facts, made: list[Exam]) -> OedemaCourse:
    found = oedema_part(known, made, models())
    assert isinstance(found, OedemaCourse)
    return found


def reasons(known: Facts, made: list[Exam]) -> dict[str, str]:
    found = oedema_part(known, made, models())
    assert isinstance(found, NotComputable)
    return {reason.field: reason.code for reason in found.reasons}


def test_the_course_is_told_from_the_last_ct_to_day_21() -> None:
    found = course(facts(), exams((20.0, 9.0)))
    assert [(exam.hours_from_onset, exam.oedema_ml) for exam in found.measured] == [(2.5, 6.0), (22.5, 9.0)]
    hours = [point.hours_from_onset for point in found.expected]
    assert (len(hours), hours[0], hours[-1]) == (41, 22.5, HORIZON_H)
    assert np.allclose(np.diff(np.log1p(hours)), np.log(505 / 23.5) / 40, atol=1e-3)


def test_what_is_told_is_what_the_model_predicts() -> None:
    known = [{"hours_from_onset": 2.5, "oedema_ml": 6.0}, {"hours_from_onset": 22.5, "oedema_ml": 9.0}]
    shape = {name.lower(): value for name, value in SHAPE.items()}
    oracle = predict_course(known, {"haematoma_ml": 20.0, "age_years": 70, **shape}, [22.5, HORIZON_H])
    found = course(facts(), exams((20.0, 9.0)))
    for place, point in enumerate((found.expected[0], found.expected[-1])):
        assert point.median_ml == pytest.approx(oracle.median_ml[place], abs=0.006)
        for told, band in ((point.band_80_ml, oracle.band_80), (point.band_95_ml, oracle.band_95)):
            assert told == pytest.approx((band.low_ml[place], band.high_ml[place]), abs=0.006)
    assert (found.model.name, found.model.version) == (oracle.model, oracle.version)


def test_without_a_shape_the_model_of_volumes_answers_and_says_what_it_lacks() -> None:
    assert course(facts(), exams()).model.name == "oedema_course_shape"
    plain = course(facts(radiomics=None), exams())
    assert plain.model.name == "oedema_course_volumes"
    assert {"sphericity", "elongation", "flatness", "cerebellum_share"} <= set(plain.not_used)
    partly = course(facts(radiomics={"Sphericity": 0.5}), exams())
    assert partly.model.name == "oedema_course_volumes"


def test_another_onset_moves_every_exam() -> None:
    found = course(facts(onset_to_ct_h=10.0), exams((20.0, 9.0)))
    assert [exam.hours_from_onset for exam in found.measured] == [10.0, 30.0]


def test_two_cts_of_one_moment_are_one() -> None:
    assert len(course(facts(), exams((0.0, 7.0), (20.0, 9.0), (20.0, 8.0))).measured) == 2


def test_a_question_without_any_ct_is_answered_from_the_facts_asked() -> None:
    assert course(facts(), []).measured[0].oedema_ml == 6.0


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_missing_is_named(name: str) -> None:
    assert reasons(facts(**{name: None}), exams()) == {name: "missing"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age_years": 17}, "age_years"),
        ({"haematoma_ml": 0.0}, "haematoma_ml"),
        ({"onset_to_ct_h": 505.0}, "exams"),
    ],
)
def test_whom_the_model_does_not_know_is_said(changes: dict[str, Any], field: str) -> None:
    assert reasons(facts(**changes), exams()) == {field: "not_applicable"}


def test_nothing_is_told_after_day_21() -> None:
    assert reasons(facts(), exams((20.0, 9.0), (600.0, 3.0))) == {"exams": "not_applicable"}


def test_an_impossible_shape_is_named_and_not_left_out_in_silence() -> None:
    found = oedema_part(facts(radiomics=SHAPE | {"Sphericity": 1.4}), exams(), models())
    assert isinstance(found, NotComputable)
    assert "sphericity" in found.reasons[0].detail


def test_models_given_are_those_that_answer() -> None:
    only_volumes = replace(models(), oedema_course=models().oedema_course[-1:])
    found = oedema_part(facts(), exams(), only_volumes)
    assert isinstance(found, OedemaCourse)
    assert found.model.name == "oedema_course_volumes"
