"""Figures of forecasts of the modified Rankin Scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.evaluation.event_figures import Forecasts, add_event_figures
from shared.evaluation.bootstrap import Estimate, bootstrap, bootstrap_mean
from shared.evaluation.report import EvaluationReport


@dataclass(frozen=True)
class LevelForecasts:
    """``probabilities`` (repeats, N, levels) of ``levels`` (N,); ``folds`` as in `Forecasts`."""

    levels: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    folds: NDArray[np.intp] | None = None

    @property
    def medians(self) -> NDArray[np.intp]:
        """The median level of each forecast, (repeats, N)."""
        return np.asarray((np.cumsum(self.probabilities, axis=-1) < 0.5).sum(axis=-1))

    def event(self, level: int) -> Forecasts:
        """Forecasts of ``level`` or worse."""
        return Forecasts(self.levels >= level, self.probabilities[..., level:].sum(axis=-1), self.folds)


def quadratic_kappa(seen: NDArray[np.intp], predicted: NDArray[np.intp]) -> float:
    """1 - mean squared difference / that of the same levels paired by chance (Cohen 1968); NaN where all are equal."""
    by_chance = float(((seen[:, None] - predicted[None]) ** 2).mean())
    return 1 - float(((seen - predicted) ** 2).mean()) / by_chance if by_chance else float("nan")


def mean_absolute_error(forecasts: LevelForecasts) -> Estimate:
    """Of the median level, in levels."""
    return bootstrap_mean(np.abs(forecasts.medians - forecasts.levels).mean(axis=0))


def kappa(forecasts: LevelForecasts) -> Estimate:
    """Quadratic kappa of the median level, mean over repeats."""
    medians = forecasts.medians

    def statistic(chosen: NDArray[np.intp]) -> float:
        return float(np.mean([quadratic_kappa(forecasts.levels[chosen], repeat[chosen]) for repeat in medians]))

    return bootstrap(statistic, len(forecasts.levels))


def add_ordinal_figures(report: EvaluationReport, prefix: str, forecasts: LevelForecasts, event_level: int) -> None:
    """All figures of one model as metrics ``prefix_...``."""
    report.add(f"{prefix}_mae", mean_absolute_error(forecasts), "Mean absolute error of the predicted (median) mRS.")
    constant = np.full(len(forecasts.levels), np.median(forecasts.levels))
    always = bootstrap_mean(np.abs(constant - forecasts.levels))
    report.add(f"{prefix}_mae_of_median", always, "What the cohort's median mRS earns as a prediction for all.")
    report.add(f"{prefix}_quadratic_kappa", kappa(forecasts), "Agreement beyond chance, squared differences.")
    near = (np.abs(forecasts.medians - forecasts.levels) <= 1).mean(axis=0)
    report.add(f"{prefix}_within_one", bootstrap_mean(near), "Share of patients predicted at most one level off.")
    add_event_figures(report, f"{prefix}_mrs_{event_level}_or_more", forecasts.event(event_level))
