"""The report of the nested evaluation: every model, with and without treatments, beside its competitors."""

from dataclasses import replace

from services.risk_scoring.cohort.patients import Cohort
from services.risk_scoring.evaluation.event_figures import Forecasts, add_event_figures, auc, summary
from services.risk_scoring.evaluation.ordinal_figures import LevelForecasts, add_ordinal_figures
from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.training.nested import AVERAGED, Nested, Plan, run_nested
from services.risk_scoring.training.procedure import SPECS, ModelSpec
from shared.evaluation.report import EvaluationReport, Row

CONTESTANTS = (
    "`averaged` is what is shipped and measured: all additive candidates by their inner log loss. `best alone` bets on "
    "the one with the least; the families follow, each with the setting chosen inside. They are there to compare with, "
    "not to pick from."
)
WEIGHTS = "The mean weight that inner cross-validation gave each candidate, over all outer folds."
NOTES = (
    "Nested repeated cross-validation over patients: imputation, VIF, standardisation, oversampling, selection and all "
    "settings are learned inside the training part of each outer fold.",
    "Intervals: 95 % bootstrap over patients of the held-out predictions, 2000 resamples (300 for calibration). They "
    "hold the models fixed, so that they tell of few patients, not of other training cohorts.",
    "Patients without a CT in the window count as not expanded, as the cohort's own definition has it; "
    "`..._auc_observed` leaves them out.",
    "Treatments were decided after admission: figures that use them are for comparison, and no shipped model does.",
)


def evaluate(cohort: Cohort, definition: ExpansionDefinition, plan: Plan) -> tuple[EvaluationReport, dict[str, Nested]]:
    """Judge all shipped models on ``cohort``; the report, and held-out predictions by model.

    Raises CohortTooSmallError.
    """
    report = EvaluationReport(
        model={"name": "risk_scoring", "choice": "average weighted by inner log loss"},
        data={
            "patients": len(cohort.patients),
            "expansion_definition": definition.describe(),
            "outer": f"{plan.repeats} x {plan.folds} folds",
            "inner": f"{plan.inner_repeats} x {plan.inner_folds} folds",
            "seed": plan.seed,
            "cohort_warnings": list(cohort.warnings),
        },
        notes=list(NOTES),
    )
    results = {}
    for spec in SPECS:
        design = spec.design(cohort, definition)
        nested = run_nested(design, spec.candidates(False), plan, spec.name)
        add_nested(report, spec.name, nested)
        treated = run_nested(design, spec.candidates(True), _fewer(plan), f"{spec.name} with treatments")
        add_treated(report, spec, treated)
        results[spec.name] = nested
    return report, results


def _fewer(plan: Plan) -> Plan:
    return replace(plan, repeats=max(1, plan.repeats // 2))


def add_nested(report: EvaluationReport, name: str, nested: Nested) -> None:
    """Figures of the average, and tables of the contestants and of their weights."""
    design = nested.design
    if design.task.whole:
        forecasts = LevelForecasts(design.levels, nested.probabilities[AVERAGED], nested.folds)
        add_ordinal_figures(report, name, forecasts, design.task.event_level)
    else:
        averaged = event_forecasts(nested, AVERAGED)
        add_event_figures(report, name, averaged)
        report.add(
            f"{name}_auc_observed", auc(averaged.of(design.observed)), "The AUC of those with a CT in the window."
        )
    contestants: list[Row] = [
        {"model": contestant, **summary(event_forecasts(nested, contestant))} for contestant in nested.probabilities
    ]
    report.add_table(f"{name}_contestants", contestants, CONTESTANTS)
    choices: list[Row] = [
        {"contestant": contestant, "candidate": candidate, "weight": weight}
        for contestant, weights in nested.choices.items()
        for candidate, weight in sorted(weights.items(), key=lambda entry: -entry[1])
    ]
    report.add_table(f"{name}_weights", choices, WEIGHTS)


def add_treated(report: EvaluationReport, spec: ModelSpec, nested: Nested) -> None:
    """The AUC with treatments among the predictors."""
    name = f"{spec.name}_auc_with_treatments"
    report.add(name, auc(event_forecasts(nested, AVERAGED)), "The AUC where the seven treatments are predictors, too.")


def event_forecasts(nested: Nested, contestant: str) -> Forecasts:
    """The held-out forecasts of the event by one contestant."""
    return Forecasts(nested.design.events, nested.event(contestant), nested.folds)
