"""The shipped procedure, fitted on one cohort and judged on another."""

import numpy as np

from services.risk_scoring.cohort.patients import Cohort
from services.risk_scoring.errors import CohortTooSmallError
from services.risk_scoring.evaluation.event_figures import Forecasts, add_event_figures
from services.risk_scoring.evaluation.ordinal_figures import LevelForecasts, add_ordinal_figures
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.training.design import Design
from services.risk_scoring.training.nested import Plan
from services.risk_scoring.training.procedure import SPECS, ModelSpec, fit_final
from shared.evaluation.report import EvaluationReport

_SEEN = "Every labelled patient of the test cohort was trained on: figures named seen_... say nothing of new patients."


def add_external(
    report: EvaluationReport, cohort: Cohort, test: Cohort, definition: ExpansionDefinition, plan: Plan
) -> None:
    """Figures ``external_...`` of every model on the labelled patients of ``test`` that share no exam with ``cohort``.

    Raises CohortTooSmallError where no outcome is known of enough of them.
    """
    trained = {exam.exam_id for patient in cohort.patients for exam in patient.exams}
    seen = {patient.patient_id for patient in test.patients if trained & {exam.exam_id for exam in patient.exams}}
    refused = []
    for spec in SPECS:
        try:
            design = spec.design(test, definition)
        except CohortTooSmallError as error:
            refused.append(f"{spec.name}: {error.detail}")
            continue
        new = np.array([patient not in seen for patient in design.patients])
        if new.any():
            _add(report, f"external_{spec.name}", spec, design.rows(new), cohort, definition, plan)
        else:
            _add(report, f"seen_{spec.name}", spec, design, cohort, definition, plan)
    if len(refused) == len(SPECS):
        raise CohortTooSmallError(f"The test cohort cannot judge any model; {refused[0]}")
    report.notes += refused
    report.data = {**report.data, "test_patients": len(test.patients), "test_patients_trained_on": len(seen)}
    if any(name.startswith("seen_") for name in report.metrics):
        report.notes.append(_SEEN)


def _add(
    report: EvaluationReport,
    name: str,
    spec: ModelSpec,
    test: Design,
    cohort: Cohort,
    definition: ExpansionDefinition,
    plan: Plan,
) -> None:
    model = fit_final(spec.design(cohort, definition), spec, plan)
    probabilities = model.predict(test)[None]
    if test.task.whole:
        add_ordinal_figures(report, name, LevelForecasts(test.levels, probabilities), test.task.event_level)
    else:
        add_event_figures(report, name, Forecasts(test.events, probabilities[..., 1]))
