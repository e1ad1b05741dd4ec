"""The paper's curves, against numpy's polynomials."""

from dataclasses import replace

import numpy as np
import pytest

from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.polynomials import (
    DEGREES,
    USES,
    Use,
    fit_polynomial,
    known_values,
    polynomials_held_out,
)
from tests.fixtures.oedema import drawn_table, with_follow_ups


@pytest.fixture(scope="module")
def table() -> ExamTable:
    return drawn_table(patients=25)


@pytest.mark.parametrize("degree", DEGREES)
def test_curves_are_those_of_numpy(table: ExamTable, degree: int) -> None:
    found = fit_polynomial(degree, table.hours, table.oedema_ml)
    oracle = np.polyfit(table.hours / 1000, table.oedema_ml, degree)
    assert found.coefficients[::-1] == pytest.approx(oracle, rel=1e-6)
    at = np.array([1.0, 300.0, 1000.0])
    assert found.at(at) == pytest.approx(np.polyval(oracle, at / 1000))


def test_further_terms_are_added_linearly() -> None:
    hours, term = np.linspace(1, 500, 40), np.cos(np.arange(40.0))
    volumes = 3 + 20 * (hours / 1000) - 7 * (hours / 1000) ** 3 + 2.5 * term
    found = fit_polynomial(3, hours, volumes, term[:, None])
    assert found.coefficients == pytest.approx([3, 20, 0, -7, 2.5], abs=1e-6)
    assert found.at(hours, term[:, None]) == pytest.approx(volumes)


def rows_of(table: ExamTable, patient: int) -> np.ndarray:
    """The places of a patient's exams among the follow-ups."""
    return np.flatnonzero(table.patient[table.follow_ups] == patient)


def test_a_curve_of_time_is_that_of_the_other_patients(table: ExamTable) -> None:
    others, own = table.patient != 4, table.of(4)[1:]
    oracle = np.polyfit(table.hours[others] / 1000, table.oedema_ml[others], 3)
    found = polynomials_held_out(table, 3, "time", "admission")[rows_of(table, 4)]
    assert found == pytest.approx(np.polyval(oracle, table.hours[own] / 1000))


def test_a_moved_curve_goes_through_the_exam_that_is_known(table: ExamTable) -> None:
    own = table.of(4)
    volumes, curve = table.oedema_ml[own], polynomials_held_out(table, 3, "time", "admission")[rows_of(table, 4)]
    sequential = polynomials_held_out(table, 3, "through the last known exam", "sequential")[rows_of(table, 4)]
    # From the second exam on: the last one's miss is added.
    assert sequential[1:] == pytest.approx(curve[1:] + (volumes[1:-1] - curve[:-1]))
    admission = polynomials_held_out(table, 3, "through the last known exam", "admission")[rows_of(table, 4)]
    assert np.ptp(admission - curve) == pytest.approx(0, abs=1e-9)


def test_exam_times_above_the_fence_are_neither_learned_from_nor_reached(table: ExamTable) -> None:
    late = replace(table, hours=np.where(np.arange(len(table.hours)) == len(table.hours) - 1, 4000.0, table.hours))
    far = replace(late, oedema_ml=np.where(late.hours == 4000.0, 900.0, late.oedema_ml))
    first = [polynomials_held_out(one, 4, "time, box plot", "admission") for one in (late, far)]
    assert first[0] == pytest.approx(first[1])
    assert first[0].max() < 200


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("degree", DEGREES)
def test_a_left_out_patients_volumes_are_never_seen(table: ExamTable, degree: int, use: Use) -> None:
    changed = with_follow_ups(table, patient=4, factor=3.0)
    before, after = (polynomials_held_out(one, degree, use, "admission") for one in (table, changed))
    own = rows_of(table, 4)
    assert after[own] == pytest.approx(before[own], rel=1e-9)
    assert not np.allclose(np.delete(after, own), np.delete(before, own))


def test_known_values_are_those_of_admission_or_of_the_exam_before(table: ExamTable) -> None:
    own = table.of(2)
    admission, sequential = known_values(table, "admission")[own], known_values(table, "sequential")[own]
    assert np.ptp(admission, axis=0) == pytest.approx(0)
    assert sequential[1:, -1] == pytest.approx(table.hours[own][:-1])
    assert sequential[1:, -3] == pytest.approx(table.oedema_ml[own][:-1])
    assert sequential[0, -3] == admission[0, -2] == table.oedema_ml[own][0]
