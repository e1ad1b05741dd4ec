"""The paper's curves: cubic and quartic polynomials of hours, by least squares over all exams (its Figure 3).

A polynomial of time says the same of every patient. So that it is judged on what the mixed model knows as well, it is
also moved through the last known exam, and given the known values as further terms of the same least squares.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.leave_one_out import Protocol
from services.risk_scoring.oedema_course.training.outliers import upper_fence

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Use = Literal["time", "time, box plot", "through the last known exam", "with the known values"]

DEGREES = {3: "cubic", 4: "quartic"}
USES: tuple[Use, ...] = ("time", "time, box plot", "through the last known exam", "with the known values")
# Powers of 4800 h span fifteen decades, powers of 4.8 only three: least squares keep their digits.
_UNIT_H = 1000.0


@dataclass(frozen=True)
class Polynomial:
    """``coefficients`` of powers of 1000 h, lowest first, then of further terms, in mL."""

    degree: int
    coefficients: Array

    def at(self, hours: Array, terms: Array | None = None) -> Array:
        """Volumes in mL at n hours, with further ``terms`` (n, T)."""
        return np.asarray(_columns(self.degree, hours, terms) @ self.coefficients)


def fit_polynomial(degree: int, hours: Array, volume_ml: Array, terms: Array | None = None) -> Polynomial:
    """Least squares of n volumes on the powers of time and on ``terms`` (n, T)."""
    columns = _columns(degree, hours, terms)
    return Polynomial(degree, np.asarray(np.linalg.lstsq(columns, volume_ml, rcond=None)[0]))


def _columns(degree: int, hours: Array, terms: Array | None) -> Array:
    powers = np.vander(hours / _UNIT_H, degree + 1, increasing=True)
    return powers if terms is None else np.column_stack([powers, terms])


def polynomials_held_out(table: ExamTable, degree: int, use: Use, protocol: Protocol) -> Array:
    """Leave-one-patient-out volumes of every follow-up in mL."""
    expected = np.zeros(len(table.hours))
    terms = known_values(table, protocol)
    for patient in range(len(table.patients)):
        own = table.of(patient)
        others = table.patient != patient
        expected[own] = _predict(table, degree, use, others, own, terms, protocol)
    return expected[table.follow_ups]


def _predict(
    table: ExamTable, degree: int, use: Use, others: Mask, own: NDArray[np.intp], terms: Array, protocol: Protocol
) -> Array:
    """Volumes at the exams of one patient, of which the first is known."""
    hours, volumes = table.hours, table.oedema_ml
    if use == "with the known values":
        learned = others & (table.number > 0)
        return fit_polynomial(degree, hours[learned], volumes[learned], terms[learned]).at(hours[own], terms[own])
    if use == "time, box plot":
        fence = upper_fence(hours[others])
        kept = others & (hours <= fence)
        # Beyond the exams it was fitted to, a polynomial says nothing; its last value says the least harm.
        return fit_polynomial(degree, hours[kept], volumes[kept]).at(np.minimum(hours[own], fence))
    curve = fit_polynomial(degree, hours[others], volumes[others]).at(hours[own])
    if use == "time":
        return curve
    off = volumes[own] - curve
    known = np.zeros(len(own), int) if protocol == "admission" else np.maximum(np.arange(len(own)) - 1, 0)
    return np.asarray(curve + off[known])


def known_values(table: ExamTable, protocol: Protocol) -> Array:
    """What the rule lets know at each exam, (n, T): all that the mixed model sees, and the last haematoma besides.

    At admission: covariates and the admission's volume and hour; in sequence also the exam before.
    """
    first = table.first[table.patient]
    # In mL: the table has the haematoma as cube root.
    columns = [table.covariates[table.patient], table.haematoma_ml[first], table.oedema_ml[first], table.hours[first]]
    if protocol == "sequential":
        last = np.maximum(np.arange(len(table.hours)) - 1, first)
        columns += [table.oedema_ml[last], table.haematoma_ml[last], table.hours[last]]
    return np.column_stack(columns)
