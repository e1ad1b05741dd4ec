"""One fitted mixed model of a table of exams, and the card it is shipped as."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.oedema_course.card import CLIP, COVARIATES, CourseCard, CovariateScale, Process, Variant
from services.risk_scoring.oedema_course.mixed_model import KNOTS_H, SharedCourse
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.marginal_likelihood import (
    Hyperparameters,
    Normal,
    fit_hyperparameters,
    normal_equations,
    padded,
)
from services.risk_scoring.oedema_course.volumes import cube_root

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Fitted:
    """Scales and hyperparameters learned from some patients, and all patients as they see them.

    ``covariates`` (P, C) are standardised.
    """

    variant: Variant
    means: Array
    scales: Array
    offset: float
    hyper: Hyperparameters
    covariates: Array
    equations: Normal

    def shared(self, without: int | None = None) -> SharedCourse:
        """The course with the weights that all patients, or all but one, let expect."""
        mean, covariance = self.equations.posterior(without)
        return SharedCourse(KNOTS_H, self.offset, mean, covariance, self.hyper.process)


def fit(table: ExamTable, variant: Variant, learners: Mask | None = None) -> Fitted:
    """Learn scales and hyperparameters from ``learners`` (P,) alone (default: all patients)."""
    learners = np.ones(len(table.patients), bool) if learners is None else learners
    values, roots = table.covariates_for(variant), cube_root(table.oedema_ml)
    means, scales = values[learners].mean(axis=0), values[learners].std(axis=0)
    # A territory that no learner bled in tells nothing; 1 keeps it finite.
    scales = np.where(scales > 0, scales, 1.0)
    offset = float(roots[learners[table.patient]].mean())
    standardised = np.clip((values - means) / scales, -CLIP, CLIP)
    courses = padded(table.patient, table.number, table.hours, roots - offset, standardised)
    hyper = fit_hyperparameters(courses.of(learners))
    return Fitted(variant, means, scales, offset, hyper, standardised, normal_equations(hyper, courses))


def as_card(fitted: Fitted) -> CourseCard:
    """The card that answers like ``fitted``."""
    shared = fitted.shared()
    names = COVARIATES[fitted.variant]
    return CourseCard(
        knots_h=shared.knots_h,
        offset=shared.offset,
        covariates=tuple(
            CovariateScale(name=name, mean=float(mean), scale=float(scale))
            for name, mean, scale in zip(names, fitted.means, fitted.scales, strict=True)
        ),
        process=Process(**vars(shared.process)),
        weights=tuple(map(float, shared.mean)),
        covariance=tuple(map(float, shared.covariance[np.tril_indices(len(shared.mean))])),
    )
