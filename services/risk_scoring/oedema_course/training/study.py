"""Everything that is computed from a table of exams: curves, outliers, groups, held-out errors, treatments."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from services.risk_scoring.oedema_course.card import COVARIATES, Variant
from services.risk_scoring.oedema_course.training.exam_table import ExamTable
from services.risk_scoring.oedema_course.training.fitting import Fitted, fit
from services.risk_scoring.oedema_course.training.leave_one_out import (
    FOLDS,
    PROTOCOLS,
    HeldOut,
    Protocol,
    fit_folds,
    predict_held_out,
)
from services.risk_scoring.oedema_course.training.outliers import BoxPlot, ThreeSigma, box_plot, three_sigma
from services.risk_scoring.oedema_course.training.polynomials import (
    DEGREES,
    USES,
    Polynomial,
    fit_polynomial,
    polynomials_held_out,
)
from services.risk_scoring.oedema_course.training.subgroups import (
    Subgroups,
    find_subgroups,
    fitted_courses,
    subgroup_curves_held_out,
)
from services.risk_scoring.oedema_course.training.treatment import TreatmentEffect, treatment_effects

Array = NDArray[np.float64]

BEST_VARIANT: Variant = "location"
# Folds to fit, then the final fits.
STEPS = (FOLDS + 1) * len(COVARIATES)


@dataclass(frozen=True)
class OedemaStudy:
    """``polynomials`` by name, over all exams; ``held_out`` by variant; ``compared`` are the volumes in mL that other
    methods expect of each follow-up, by protocol and method; ``final`` are the models of all patients."""

    table: ExamTable
    polynomials: dict[str, Polynomial]
    box_plot: BoxPlot
    three_sigma: ThreeSigma
    subgroups: Subgroups
    held_out: dict[Variant, dict[Protocol, HeldOut]]
    compared: dict[Protocol, dict[str, Array]]
    treatments: list[TreatmentEffect]
    final: dict[Variant, Fitted]


def study_oedema(table: ExamTable, seed: int, progress: Callable[[], object] | None = None) -> OedemaStudy:
    """Compute it all; ``progress`` is called STEPS times."""
    # Thousands of products of small matrices: threads would only wait for one another.
    with threadpool_limits(1):
        final, held_out, folds = {}, {}, {}
        for variant in COVARIATES:
            final[variant] = fit(table, variant)
            if progress:
                progress()
            folds[variant] = fit_folds(table, variant, seed, progress)
            held_out[variant] = predict_held_out(table, folds[variant], seed)
        best = final[BEST_VARIANT]
        return OedemaStudy(
            table=table,
            polynomials={
                name: fit_polynomial(degree, table.hours, table.oedema_ml) for degree, name in DEGREES.items()
            },
            box_plot=box_plot(table.hours),
            three_sigma=three_sigma(table.hours),
            subgroups=find_subgroups(fitted_courses(table, best, best.shared()), seed),
            held_out=held_out,
            compared=_compared(table, folds[BEST_VARIANT], seed),
            treatments=treatment_effects(table, seed=seed),
            final=final,
        )


def _compared(table: ExamTable, folds: list[Fitted], seed: int) -> dict[Protocol, dict[str, Array]]:
    by_group = subgroup_curves_held_out(table, folds, seed)
    last = table.follow_ups - 1
    carried: dict[Protocol, Array] = {
        "admission": table.oedema_ml[table.first[table.patient[table.follow_ups]]],
        "sequential": table.oedema_ml[last],
    }
    return {
        protocol: {
            **{
                f"{name}, {use}": polynomials_held_out(table, degree, use, protocol)
                for use in USES
                for degree, name in DEGREES.items()
            },
            "cubic of the subgroup": by_group[protocol],
            "last volume carried forward": carried[protocol],
        }
        for protocol in PROTOCOLS
    }
