"""Errors over held-out exams, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from services.risk_scoring.oedema_course.training.errors_in_ml import (
    errors_of,
    mae,
    mae_reduction,
    rmse,
    rmse_reduction,
)
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from tests.fixtures.oedema import drawn_table


@pytest.fixture
def table() -> ExamTable:
    """Three patients with two follow-ups each, all of 10 mL."""
    table = drawn_table(patients=3, exams=3)
    return replace(table, oedema_ml=np.full(len(table.hours), 10.0))


def test_errors_are_over_exams_and_belong_to_patients(table: ExamTable) -> None:
    errors = errors_of(table, np.array([10.0, 12, 10, 6, 14, 10]))
    assert errors.absolute.tolist() == [2, 4, 4]
    assert mae(errors).value == pytest.approx(10 / 6)
    assert rmse(errors).value == pytest.approx(np.sqrt((4 + 16 + 16) / 6))
    assert errors.mae(np.array([0, 0, 1])) == pytest.approx(8 / 6)


def test_an_error_half_as_large_everywhere_is_a_reduction_of_one_half_without_doubt(table: ExamTable) -> None:
    half, whole = (errors_of(table, 10 + np.array([1.0, 2, 3, 4, 5, 6]) * scale) for scale in (1, 2))
    for reduction in (mae_reduction(half, whole), rmse_reduction(half, whole)):
        assert (reduction.value, reduction.low, reduction.high) == pytest.approx((0.5, 0.5, 0.5))
