"""Figures of forecasts of a yes-or-no event."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.evaluation.decision_curve import DEFINITION as NET_BENEFIT
from services.risk_scoring.evaluation.decision_curve import decision_curve
from services.risk_scoring.evaluation.held_out_auc import held_out_auc
from shared.evaluation.bootstrap import Estimate, bootstrap, bootstrap_mean
from shared.evaluation.calibration import calibration_in_the_large, recalibrate
from shared.evaluation.report import EvaluationReport, Row
from shared.evaluation.scores import share

# A calibration fit is a regression; 300 resamples of the mean over repeats take seconds, 2,000 minutes.
_CALIBRATION_RESAMPLES = 300

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecasts:
    """``probabilities`` (repeats, N) of ``events`` (N,); ``folds`` (repeats, N), or None where one model made all."""

    events: NDArray[np.bool_]
    probabilities: Array
    folds: NDArray[np.intp] | None = None

    def of(self, chosen: NDArray[np.bool_]) -> "Forecasts":
        """Those of the chosen patients."""
        folds = None if self.folds is None else self.folds[:, chosen]
        return Forecasts(self.events[chosen], self.probabilities[:, chosen], folds)

    @property
    def prevalence(self) -> float:
        """The share of events."""
        return float(self.events.mean())


def auc(forecasts: Forecasts) -> Estimate:
    """Within folds, see `pair_order`."""
    return held_out_auc(forecasts.events, forecasts.probabilities, forecasts.folds)


def brier(forecasts: Forecasts) -> Estimate:
    """Mean squared error of the probabilities."""
    return bootstrap_mean(((forecasts.probabilities - forecasts.events) ** 2).mean(axis=0))


def recall_at(forecasts: Forecasts, threshold: float) -> Estimate:
    """The share of events whose probability reaches ``threshold``."""
    return _share_of(forecasts.events, (forecasts.probabilities >= threshold).mean(axis=0))


def specificity_at(forecasts: Forecasts, threshold: float) -> Estimate:
    """The share of the others whose probability does not."""
    return _share_of(~forecasts.events, (forecasts.probabilities < threshold).mean(axis=0))


def accuracy_at(forecasts: Forecasts, threshold: float) -> Estimate:
    """The share of patients called rightly."""
    return bootstrap_mean(((forecasts.probabilities >= threshold) == forecasts.events).mean(axis=0))


def calibration_slope(forecasts: Forecasts) -> Estimate:
    """Mean over repeats of the slope of `recalibrate`."""
    return _mean_over_repeats(forecasts, lambda events, p: recalibrate(events, p).slope)


def calibration_intercept(forecasts: Forecasts) -> Estimate:
    """Mean over repeats of the calibration in the large."""
    return _mean_over_repeats(forecasts, calibration_in_the_large)


def summary(forecasts: Forecasts) -> Row:
    """The figures by which contestants are compared, as cells of a table."""
    return {
        "auc": auc(forecasts),
        "brier": brier(forecasts),
        "accuracy at 0.5": accuracy_at(forecasts, 0.5),
        "recall at 0.5": recall_at(forecasts, 0.5),
        "recall at prevalence": recall_at(forecasts, forecasts.prevalence),
        "specificity at prevalence": specificity_at(forecasts, forecasts.prevalence),
    }


def add_event_figures(report: EvaluationReport, prefix: str, forecasts: Forecasts) -> None:
    """All figures of one model as metrics ``prefix_...`` and a decision curve."""
    prevalence = forecasts.prevalence
    pooled = held_out_auc(forecasts.events, forecasts.probabilities, None)
    report.add(f"{prefix}_auc", auc(forecasts), "Area under the ROC curve; of held-out patients, within folds.")
    report.add(f"{prefix}_auc_pooled", pooled, "The same over all held-out patients of a repeat together.")
    report.add(f"{prefix}_brier", brier(forecasts), "Mean squared error of the probability.")
    constant = Forecasts(forecasts.events, np.full((1, len(forecasts.events)), prevalence))
    report.add(
        f"{prefix}_brier_of_prevalence", brier(constant), "What the share of events earns as a forecast for all."
    )
    report.add(f"{prefix}_calibration_slope", calibration_slope(forecasts), "1 is perfect, under 1 too extreme.")
    report.add(
        f"{prefix}_calibration_intercept", calibration_intercept(forecasts), "Over 0: forecasts too low on the whole."
    )
    for name, threshold in (("", 0.5), ("_at_prevalence", prevalence)):
        where = f"where P >= {threshold:.3g} is called an event"
        report.add(f"{prefix}_accuracy{name}", accuracy_at(forecasts, threshold), f"Share of right calls, {where}.")
        report.add(f"{prefix}_recall{name}", recall_at(forecasts, threshold), f"Share of events called, {where}.")
        report.add(
            f"{prefix}_specificity{name}", specificity_at(forecasts, threshold), f"Share of others not called, {where}."
        )
    report.add_table(f"{prefix}_net_benefit", decision_curve(forecasts.events, forecasts.probabilities), NET_BENEFIT)


def _share_of(group: NDArray[np.bool_], right: Array) -> Estimate:
    return bootstrap(
        lambda chosen: share(float(right[chosen][group[chosen]].sum()), int(group[chosen].sum())), len(group)
    )


def _mean_over_repeats(forecasts: Forecasts, figure: Callable[[NDArray[np.bool_], Array], float]) -> Estimate:
    def statistic(chosen: NDArray[np.intp]) -> float:
        events = forecasts.events[chosen]
        return float(np.mean([figure(events, p[chosen]) for p in forecasts.probabilities]))

    return bootstrap(statistic, len(forecasts.events), _CALIBRATION_RESAMPLES)
