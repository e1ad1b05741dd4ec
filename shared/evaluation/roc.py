"""The ROC curve, and how far it would move with other patients."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RocCurve:
    """``false_positive_rate`` and ``sensitivity`` at "score >= threshold", from nothing called positive to all."""

    false_positive_rate: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    thresholds: NDArray[np.float64]


@dataclass(frozen=True)
class RocBand:
    """Pointwise 95 % band of the sensitivity over ``false_positive_rate``."""

    false_positive_rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def roc_curve(labels: NDArray[np.bool_], scores: NDArray[np.floating]) -> RocCurve:
    """One point per distinct score, after (0, 0) at an infinite threshold.

    Raises ValueError where all labels agree: there is no curve.
    """
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        raise ValueError("A ROC curve needs positive and negative cases.")
    levels, place = np.unique(scores, return_inverse=True)
    hits = np.bincount(place[labels], minlength=len(levels))[::-1].cumsum()
    alarms = np.bincount(place[~labels], minlength=len(levels))[::-1].cumsum()
    return RocCurve(
        np.concatenate([[0.0], alarms / negatives]),
        np.concatenate([[0.0], hits / positives]),
        np.concatenate([[np.inf], levels[::-1].astype(np.float64)]),
    )


def roc_band(
    labels: Sequence[NDArray[np.bool_]],
    scores: Sequence[NDArray[np.floating]],
    points: int = 201,
    repeats: int = 1000,
    seed: int = 2026,
) -> RocBand | None:
    """The band over resampled patients, each with its own ``labels`` and ``scores``; None where none has both classes.

    Vertical averaging (Fawcett 2006): the sensitivity at each false-positive rate, by percentiles over resamples.
    """
    grid = np.linspace(0, 1, points)
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(repeats):
        chosen = rng.integers(0, len(labels), len(labels))
        resampled = np.concatenate([labels[i] for i in chosen])
        if resampled.all() or not resampled.any():
            continue
        curve = roc_curve(resampled, np.concatenate([scores[i] for i in chosen]))
        drawn.append(_sensitivity_at(curve, grid))
    if not drawn:
        return None
    low, high = np.percentile(np.stack(drawn), [2.5, 97.5], axis=0)
    return RocBand(grid, low, high)


def _sensitivity_at(curve: RocCurve, grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best sensitivity at each false-positive rate: a vertical step counts with its upper end."""
    last = np.searchsorted(curve.false_positive_rate, grid, side="right") - 1
    return np.asarray(curve.sensitivity[last])
