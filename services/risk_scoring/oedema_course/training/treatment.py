"""How much more or less oedema treated patients had, other things at admission being equal: an association."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.cohort.patients import TREATMENTS
from services.risk_scoring.oedema_course.mixed_model import time_basis
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.polynomials import known_values
from shared.evaluation.bootstrap import Estimate, bootstrap

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

# Fewer than the course's: late exams are few, and each knot costs a degree of freedom.
_KNOTS_H = (6.0, 24.0, 72.0, 168.0, 336.0, 720.0, 1440.0)
# Below this many patients on either side a resample may hold none.
_LEAST_PER_ARM = 5


@dataclass(frozen=True)
class TreatmentEffect:
    """mL of follow-up oedema, treated less untreated, with 95 % intervals over patients.

    ``adjusted`` for time and all that was known at admission; ``mutually_adjusted`` for the other treatments too.
    Both NaN where fewer than 5 patients had the treatment, or had it not.
    """

    treatment: str
    treated: int
    untreated: int
    adjusted: Estimate
    mutually_adjusted: Estimate


def treatment_effects(table: ExamTable, repeats: int | None = None, seed: int = 2026) -> list[TreatmentEffect]:
    """Of every treatment, by least squares over the follow-up exams; unknown treatments count as not given."""
    given = np.nan_to_num(table.treatments)
    treated = given.sum(axis=0).astype(int)
    usable = (treated >= _LEAST_PER_ARM) & (len(given) - treated >= _LEAST_PER_ARM)
    together = dict(zip(np.flatnonzero(usable).tolist(), _effects(table, given[:, usable], repeats, seed), strict=True))
    undefined = Estimate(np.nan, np.nan, np.nan)
    return [
        TreatmentEffect(
            treatment=name,
            treated=int(treated[column]),
            untreated=int(len(given) - treated[column]),
            adjusted=_effects(table, given[:, [column]], repeats, seed)[0] if usable[column] else undefined,
            mutually_adjusted=together.get(column, undefined),
        )
        for column, name in enumerate(TREATMENTS)
    ]


def _effects(table: ExamTable, given: Array, repeats: int | None, seed: int) -> list[Estimate]:
    """One estimate per column of ``given`` (P, T), all in one regression."""
    rows = table.follow_ups
    patient = table.patient[rows]
    known = known_values(table, "admission")[rows]
    known = (known - known.mean(axis=0)) / np.where(known.std(axis=0) > 0, known.std(axis=0), 1.0)
    columns = np.column_stack([given[patient], time_basis(table.hours[rows], _KNOTS_H), known])
    # A resample of patients is a weighing of their sums: 2000 regressions cost 2000 small solutions.
    squares, products = _sums(columns, table.oedema_ml[rows], patient, len(table.patients))

    def coefficient(place: int) -> Estimate:
        def statistic(chosen: Rows) -> float:
            # Without both sides there is nothing to compare.
            if not 0 < given[chosen, place].sum() < len(chosen):
                return float("nan")
            solution = np.linalg.lstsq(squares[chosen].sum(axis=0), products[chosen].sum(axis=0), rcond=None)[0]
            return float(solution[place])

        return bootstrap(statistic, len(table.patients), repeats, seed)

    return [coefficient(place) for place in range(given.shape[1])]


def _sums(columns: Array, volume_ml: Array, patient: Rows, patients: int) -> tuple[Array, Array]:
    """X'X and X'y of every patient, (P, M, M) and (P, M)."""
    own = [patient == one for one in range(patients)]
    return (
        np.array([columns[one].T @ columns[one] for one in own]),
        np.array([columns[one].T @ volume_ml[one] for one in own]),
    )
