"""Subgroups of patients by trajectory: k-means on their fitted courses, with three to five groups by silhouette."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from services.risk_scoring.oedema_course.mixed_model import SharedCourse
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.fitting import Fitted
from services.risk_scoring.oedema_course.training.leave_one_out import PROTOCOLS, Protocol, folds_of
from services.risk_scoring.oedema_course.training.polynomials import fit_polynomial
from services.risk_scoring.oedema_course.volumes import cube_root

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

# Where a course is looked at: days 1, 3, 7, 14 and 21.
COURSE_H = np.array([24.0, 72.0, 168.0, 336.0, 504.0])
COUNTS = (3, 4, 5)
_STARTS = 3
# A fifth of the exams do not bear a fourth power.
_DEGREE = 3


@dataclass(frozen=True)
class Subgroups:
    """``centres`` (k, 5) are cube roots of mL at COURSE_H, by rising volume on day 7; ``labels`` (P,) are places in it.

    ``silhouettes`` by number of groups, of which the greatest decided.
    """

    centres: Array
    labels: Rows
    silhouettes: dict[int, float]

    def nearest(self, courses: Array) -> Rows:
        """The group of each of m courses (m, 5)."""
        apart = np.linalg.norm(courses[:, None, :] - self.centres[None, :, :], axis=2)
        return np.asarray(apart.argmin(axis=1))


def find_subgroups(courses: Array, seed: int) -> Subgroups:
    """Cluster the courses (P, 5) of patients."""
    fits = {count: KMeans(count, n_init=_STARTS, random_state=seed).fit(courses) for count in COUNTS}
    scores = {count: float(silhouette_score(courses, one.labels_)) for count, one in fits.items()}
    best = fits[max(scores, key=lambda count: scores[count])]
    order = np.argsort(best.cluster_centers_[:, list(COURSE_H).index(168.0)])
    return Subgroups(np.asarray(best.cluster_centers_[order]), np.asarray(np.argsort(order)[best.labels_]), scores)


def fitted_courses(table: ExamTable, fitted: Fitted, shared: SharedCourse) -> Array:
    """Every patient's course given all their exams: cube roots of mL at COURSE_H, (P, 5)."""
    roots = cube_root(table.oedema_ml)
    return np.array(
        [
            shared.expect(x, table.hours[own], roots[own], COURSE_H).mean
            for x, own in zip(fitted.covariates, map(table.of, range(len(table.patients))), strict=True)
        ]
    )


def subgroup_curves_held_out(table: ExamTable, fitted: list[Fitted], seed: int) -> dict[Protocol, Array]:
    """Leave-one-patient-out volumes in mL by the cubic of the subgroup that the known exams let expect.

    Groups, their number and their curves come from the other patients alone.
    """
    folds = folds_of(len(table.patients), seed)
    roots = cube_root(table.oedema_ml)
    expected: dict[Protocol, Array] = {protocol: np.zeros(len(table.hours)) for protocol in PROTOCOLS}
    for patient in range(len(table.patients)):
        outside = fitted[folds[patient]]
        shared, x = outside.shared(without=patient), outside.covariates[patient]
        others = np.arange(len(table.patients)) != patient
        groups = find_subgroups(fitted_courses(table, outside, shared)[others], seed)
        curves = _curves(table, groups, others)
        own = table.of(patient)
        for place in range(1, len(own)):
            row = own[place]
            for protocol, known in known_at(own, place).items():
                course = shared.expect(x, table.hours[known], roots[known], COURSE_H).mean
                expected[protocol][row] = curves[int(groups.nearest(course[None])[0])](table.hours[row])
    return {protocol: volumes[table.follow_ups] for protocol, volumes in expected.items()}


def known_at(own: Rows, place: int) -> dict[Protocol, Rows]:
    """Rows of a patient's exams that each rule lets know when the one at ``place`` is predicted."""
    return {"admission": own[:1], "sequential": own[:place]}


def _curves(table: ExamTable, groups: Subgroups, others: Mask) -> list[Callable[[float], float]]:
    """The cubic of each group's exams, held beyond the last of them."""
    label = np.full(len(table.patients), -1)
    label[others] = groups.labels
    rows = [label[table.patient] == group for group in range(len(groups.centres))]
    return [_curve(table.hours[own], table.oedema_ml[own]) for own in rows]


def _curve(hours: Array, volume_ml: Array) -> Callable[[float], float]:
    polynomial, last = fit_polynomial(_DEGREE, hours, volume_ml), float(hours.max())
    return lambda hour: float(polynomial.at(np.array([min(hour, last)]))[0])
