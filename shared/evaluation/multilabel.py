"""Figures of forecasts of several findings at once."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.scores import roc_auc

# The bound that the RSNA 2019 challenge clipped forecasts to before the logarithm.
_CLIP = 1e-15


def weighted_log_loss(
    labels: NDArray[np.bool_], probabilities: NDArray[np.floating], weights: Sequence[float]
) -> float:
    """Mean over cases of the weighted mean over findings of -log P(label); NaN without cases.

    ``labels`` and ``probabilities`` are (N, C), ``weights`` has C entries that need not add up to 1. RSNA 2019
    (intracranial haemorrhage detection) weighs "any" with 2 and each of five types with 1.
    """
    if not len(labels):
        return math.nan
    forecast = np.clip(probabilities.astype(np.float64), _CLIP, 1 - _CLIP)
    losses = -np.where(labels, np.log(forecast), np.log1p(-forecast))  # (N, C)
    return float(np.average(losses.mean(axis=0), weights=np.asarray(weights, np.float64)))


def auc_per_class(
    labels: NDArray[np.bool_], probabilities: NDArray[np.floating], names: Sequence[str]
) -> dict[str, float]:
    """Area under the ROC curve of each column of (N, C), by its name; NaN where all cases agree on the label."""
    return {name: roc_auc(labels[:, i], probabilities[:, i]) for i, name in enumerate(names)}
