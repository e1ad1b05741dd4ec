"""What acting on a forecast is worth: net benefit (Vickers & Elkin 2006)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.bootstrap import Estimate, bootstrap
from shared.evaluation.report import Row

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
DEFINITION = (
    "Net benefit per patient of acting where the probability reaches the threshold: hits - false alarms x "
    "threshold / (1 - threshold), over all patients, mean over repeats; beside it that of acting on everyone "
    "(acting on no one has 0), and the gain over the better of the two."
)


def decision_curve(
    events: NDArray[np.bool_], probabilities: NDArray[np.float64], thresholds: Sequence[float] = THRESHOLDS
) -> list[Row]:
    """A row per threshold for ``probabilities`` (repeats, N) of ``events`` (N,)."""
    return [_row(events, probabilities, threshold) for threshold in thresholds]


def net_benefit(events: NDArray[np.bool_], probabilities: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """What each patient adds, (N,), mean over repeats: 1 for a hit, -odds of the threshold for a false alarm."""
    worth = np.where(events, 1.0, -threshold / (1 - threshold))
    return np.asarray((probabilities >= threshold).mean(axis=0) * worth)


def _row(events: NDArray[np.bool_], probabilities: NDArray[np.float64], threshold: float) -> Row:
    ours = net_benefit(events, probabilities, threshold)
    everyone = net_benefit(events, np.ones((1, len(events))), threshold)

    def gain(chosen: NDArray[np.intp]) -> float:
        return float(ours[chosen].mean() - max(everyone[chosen].mean(), 0.0))

    estimate: Estimate = bootstrap(gain, len(events))
    return {
        "threshold": threshold,
        "model": float(ours.mean()),
        "act on all": float(everyone.mean()),
        "gain": estimate,
    }
