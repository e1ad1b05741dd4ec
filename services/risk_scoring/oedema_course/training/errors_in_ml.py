"""Errors in mL over held-out exams, with 95 % intervals over patients, and by how much one method's are the lower."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from shared.evaluation.bootstrap import Estimate, bootstrap

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Errors:
    """Sums over the follow-ups of each patient, (P,): of |error| and of its square, and how many exams there were."""

    absolute: Array
    squares: Array
    exams: Array

    def mae(self, chosen: Rows) -> float:
        """Mean absolute error over the exams of ``chosen`` patients, in mL."""
        return float(self.absolute[chosen].sum() / self.exams[chosen].sum())

    def rmse(self, chosen: Rows) -> float:
        """Root mean squared error of the same."""
        return float(np.sqrt(self.squares[chosen].sum() / self.exams[chosen].sum()))


def errors_of(table: ExamTable, expected_ml: Array) -> Errors:
    """Errors of volumes expected of each follow-up."""
    rows, patients = table.follow_ups, len(table.patients)
    off = expected_ml - table.oedema_ml[rows]
    patient = table.patient[rows]
    return Errors(
        absolute=np.bincount(patient, np.abs(off), patients).astype(np.float64),
        squares=np.bincount(patient, off**2, patients).astype(np.float64),
        exams=np.bincount(patient, minlength=patients).astype(np.float64),
    )


def mae(errors: Errors) -> Estimate:
    """Mean absolute error in mL."""
    return bootstrap(errors.mae, len(errors.exams))


def rmse(errors: Errors) -> Estimate:
    """Root mean squared error in mL."""
    return bootstrap(errors.rmse, len(errors.exams))


def mae_reduction(errors: Errors, other: Errors) -> Estimate:
    """1 - MAE / other MAE, both over the same resampled patients."""
    return bootstrap(lambda chosen: 1 - errors.mae(chosen) / other.mae(chosen), len(errors.exams))


def rmse_reduction(errors: Errors, other: Errors) -> Estimate:
    """1 - RMSE / other RMSE, both over the same resampled patients."""
    return bootstrap(lambda chosen: 1 - errors.rmse(chosen) / other.rmse(chosen), len(errors.exams))
