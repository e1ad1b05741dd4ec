"""Leave one patient out: what is predicted of a patient owes nothing to their later exams."""

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.fitting import Fitted, fit
from services.risk_scoring.oedema_course.training.leave_one_out import (
    FOLDS,
    HeldOut,
    Protocol,
    folds_of,
    predict_held_out,
)
from services.risk_scoring.oedema_course.training.subgroups import subgroup_curves_held_out
from tests.fixtures.oedema import drawn_table, with_follow_ups

SEED, PATIENT = 11, 4
Predictions = dict[Protocol, HeldOut]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As the study does it: on small matrices threads wait for one another."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def table() -> ExamTable:
    return drawn_table(patients=40)


def fold_fit(table: ExamTable) -> Fitted:
    """The fit of the fold that the patient is in."""
    folds = folds_of(len(table.patients), SEED)
    return fit(table, "volumes", folds != folds[PATIENT])


@pytest.fixture(scope="module")
def fitted(table: ExamTable) -> Fitted:
    return fold_fit(table)


@pytest.fixture(scope="module")
def predictions(table: ExamTable, fitted: Fitted) -> Predictions:
    return predict_held_out(table, [fitted] * FOLDS, SEED)


def own_places(table: ExamTable) -> np.ndarray:
    return np.flatnonzero(table.patient[table.follow_ups] == PATIENT)


def test_a_patients_later_volumes_change_nothing_that_is_predicted_of_them_at_admission(
    table: ExamTable, fitted: Fitted, predictions: Predictions
) -> None:
    changed = with_follow_ups(table, PATIENT, factor=4.0)
    other = fold_fit(changed)
    assert other.hyper.values == pytest.approx(fitted.hyper.values)
    after, own = predict_held_out(changed, [other] * FOLDS, SEED)["admission"], own_places(table)
    assert after.mean[own] == pytest.approx(predictions["admission"].mean[own], rel=1e-9)
    assert after.deviation[own] == pytest.approx(predictions["admission"].deviation[own], rel=1e-9)
    assert not np.allclose(np.delete(after.mean, own), np.delete(predictions["admission"].mean, own))


def test_in_sequence_an_exam_tells_of_those_after_it_alone(table: ExamTable, predictions: Predictions) -> None:
    own = table.of(PATIENT)
    volumes = table.oedema_ml.copy()
    volumes[own[2]] *= 4
    changed = ExamTable(**{**vars(table), "oedema_ml": volumes})
    after = predict_held_out(changed, [fold_fit(changed)] * FOLDS, SEED)["sequential"].mean[own_places(table)]
    before = predictions["sequential"].mean[own_places(table)]
    assert after[:2] == pytest.approx(before[:2], rel=1e-9)
    assert after[2] > before[2] + 0.1


def test_the_first_follow_up_is_predicted_alike_under_both_rules(table: ExamTable, predictions: Predictions) -> None:
    first = table.number[table.follow_ups] == 1
    assert predictions["admission"].mean[first] == pytest.approx(predictions["sequential"].mean[first])


def test_knowing_more_exams_leaves_smaller_errors(table: ExamTable, predictions: Predictions) -> None:
    seen = table.oedema_ml[table.follow_ups]
    errors = {rule: np.abs(one.mean_ml - seen).mean() for rule, one in predictions.items()}
    assert errors["sequential"] < errors["admission"] < np.abs(seen - seen.mean()).mean()


def test_bands_of_a_fitted_model_cover_about_as_often_as_they_say(table: ExamTable, predictions: Predictions) -> None:
    """120 exams of 40 made-up patients: two standard errors are about 8 %."""
    seen = table.oedema_ml[table.follow_ups]
    for one in predictions.values():
        assert one.covered(seen, 0.8).mean() == pytest.approx(0.8, abs=0.1)
        assert one.covered(seen, 0.95).mean() >= 0.88


def test_the_curve_of_a_subgroup_does_not_see_the_patient_either() -> None:
    table = drawn_table(patients=20)
    changed = with_follow_ups(table, PATIENT, factor=4.0)
    before = subgroup_curves_held_out(table, [fold_fit(table)] * FOLDS, SEED)["admission"][own_places(table)]
    after = subgroup_curves_held_out(changed, [fold_fit(changed)] * FOLDS, SEED)["admission"][own_places(table)]
    assert after == pytest.approx(before, rel=1e-9)


def test_folds_depend_on_the_number_of_patients_alone_and_are_of_one_size() -> None:
    folds = folds_of(100, SEED)
    assert (folds == folds_of(100, SEED)).all()
    assert (np.bincount(folds) == 5).all()
