"""What may leave the cohort's folder of it: curves, counts and errors over patients, for everybody's page."""

from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from services.risk_scoring.oedema_course.mixed_model import KNOTS_H
from services.risk_scoring.oedema_course.training.leave_one_out import PROTOCOLS
from services.risk_scoring.oedema_course.training.report import NOTES
from services.risk_scoring.oedema_course.training.study import OedemaStudy
from services.risk_scoring.oedema_course.training.subgroups import COURSE_H
from services.risk_scoring.oedema_course.volumes import quantile_ml
from shared.contracts.oedema import (
    CohortCurves,
    CourseSubgroup,
    ExamTimes,
    ExamTimesBox,
    FigureWithInterval,
    HeldOutError,
    OedemaCurves,
    ThreeSigmaRule,
    TreatmentDifference,
)
from shared.evaluation.bootstrap import Estimate
from shared.evaluation.report import EvaluationReport

Array = NDArray[np.float64]

SOURCE = "public tables of the 2023 China graduate mathematical-modelling contest, problem E"
# Wide enough that no count of the cohort is of fewer than five exams.
EDGES_H: Final = (0.0, 6.0, 24.0, 48.0, 72.0, 120.0, 168.0, 240.0, 336.0, 504.0, 720.0, 1200.0, KNOTS_H[-1])
_POINTS = 121
_DIGITS = 4


def curves_of(study: OedemaStudy, report: EvaluationReport) -> OedemaCurves:
    """The figures of ``study`` and its ``report`` that tell nothing of a single patient."""
    table = study.table
    return OedemaCurves(
        source=SOURCE,
        patients=len(table.patients),
        exams=len(table.hours),
        polynomials=polynomial_curves(study),
        subgroups=_subgroups(study),
        exam_times=_exam_times(table.hours),
        box_plot_h=ExamTimesBox.model_validate(_short(asdict(study.box_plot))),
        three_sigma_h=ThreeSigmaRule.model_validate(_short(asdict(study.three_sigma))),
        held_out=[
            HeldOutError.model_validate({"known": protocol, "method": row["method"], "mae_ml": _figure(row["mae_ml"])})
            for protocol in PROTOCOLS
            for row in report.tables[f"leave_one_out_{protocol}"]
        ],
        treatments=[
            TreatmentDifference(
                treatment=effect.treatment,
                treated=effect.treated,
                untreated=effect.untreated,
                adjusted_ml=_figure(effect.adjusted),
                mutually_adjusted_ml=_figure(effect.mutually_adjusted),
            )
            for effect in study.treatments
        ],
        notes=NOTES,
    )


def polynomial_curves(study: OedemaStudy) -> CohortCurves:
    """Both polynomials from onset to the last hour known to the models."""
    hours = np.linspace(0, KNOTS_H[-1], _POINTS)
    drawn = {f"{name}_ml": _shorts(polynomial.at(hours)) for name, polynomial in study.polynomials.items()}
    return CohortCurves(hours=_shorts(hours), **drawn)


def _subgroups(study: OedemaStudy) -> list[CourseSubgroup]:
    groups = study.subgroups
    return [
        CourseSubgroup(
            patients=int((groups.labels == place).sum()),
            hours=_shorts(COURSE_H),
            volume_ml=_shorts(quantile_ml(centre, np.zeros(len(centre)), 0.5)),
        )
        for place, centre in enumerate(groups.centres)
    ]


def _exam_times(hours: Array) -> ExamTimes:
    counts, edges = np.histogram(np.minimum(hours, EDGES_H[-1]), EDGES_H)
    normal = len(hours) * np.diff(norm.cdf(edges, hours.mean(), hours.std(ddof=1)))
    return ExamTimes(edges_h=list(EDGES_H), counts=counts.tolist(), if_normal=_shorts(normal))


def _figure(cell: object) -> FigureWithInterval | None:
    """null where there is no figure."""
    if not isinstance(cell, Estimate) or not np.isfinite(cell.value):
        return None
    return FigureWithInterval.model_validate(_short(asdict(cell)))


def _short(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value for name, value in fields.items()
    }


def _shorts(values: Array) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]
