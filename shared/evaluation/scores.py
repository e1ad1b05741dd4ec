"""Figures of probabilistic yes-or-no predictions."""

import math

import numpy as np
from numpy.typing import NDArray


def roc_auc(labels: NDArray[np.bool_], scores: NDArray[np.floating]) -> float:
    """Area under the ROC curve: the share of (positive, negative) pairs in order, ties counting half; NaN of one class.

    By ranks (Mann-Whitney), in O(n log n).
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return math.nan
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # ties share their mean rank
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def brier(labels: NDArray[np.bool_], probabilities: NDArray[np.floating]) -> float:
    """Mean squared error of the probabilities; 0 is perfect, prevalence x (1 - prevalence) is what a constant earns."""
    return float(np.mean((probabilities - labels) ** 2)) if len(labels) else math.nan


def share(hits: float, total: float) -> float:
    """hits / total, NaN where there is nothing to count."""
    return hits / total if total else math.nan
