"""Proportional odds with coefficients shrunk towards given ones: logistic ridge is its case of two levels."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

Array = NDArray[np.float64]

_MAX_STEPS = 60
_TOLERANCE = 1e-7
_TINY = 1e-12
_JITTER = 1e-9  # a constant column without penalty leaves the Hessian singular


class OrdinalRidge(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """P(y >= level k + 1) = sigmoid(x w - c_k) (McCullagh 1980).

    Minimises -log likelihood + ``penalty`` / 2 |w - ``prior``|², which makes ``prior`` the mean of a normal prior
    on w with variance 1 / ``penalty``: no data leave w there, many let it go. The cuts c are free. Columns of x are
    expected standardised. ``prior`` is one number per column, or None for zeros. Levels that y lacks get no
    probability; ``classes_`` are those that it has.
    """

    def __init__(self, penalty: float = 1.0, prior: tuple[float, ...] | None = None) -> None:
        self.penalty = penalty
        self.prior = prior

    def fit(self, x: Any, y: Any) -> Self:
        """Newton's method on cuts and slopes together; the likelihood is concave in both."""
        x = np.asarray(x, np.float64)
        self.classes_, levels = np.unique(y, return_inverse=True)
        cuts_count = len(self.classes_) - 1
        if cuts_count < 1:
            raise ValueError("Proportional odds need at least two levels.")
        prior = np.zeros(x.shape[1]) if self.prior is None else np.asarray(self.prior, np.float64)
        target = np.concatenate([np.zeros(cuts_count), prior])
        penalty = np.concatenate([np.zeros(cuts_count), np.full(x.shape[1], float(self.penalty))])
        share = np.array([(levels > k).mean() for k in range(cuts_count)])
        weights = np.concatenate([np.log1p(-share) - np.log(share), prior])
        upper, lower = _designs(x, levels, cuts_count)
        value, gradient, curvature = _objective(weights, upper, lower, levels, penalty, target)
        for _ in range(_MAX_STEPS):
            step = np.linalg.solve(curvature + _JITTER * np.eye(len(weights)), -gradient)
            size = 1.0
            while True:
                candidate = _objective(weights + size * step, upper, lower, levels, penalty, target)
                if candidate[0] <= value or size < _TOLERANCE:
                    break
                size /= 2
            weights = weights + size * step
            value, gradient, curvature = candidate
            if np.abs(size * step).max() < _TOLERANCE:
                break
        self.cuts_, self.coef_ = weights[:cuts_count], weights[cuts_count:]
        return self

    def predict_proba(self, x: Any) -> Array:
        """P(each of ``classes_``), (N, levels)."""
        at_least = _sigmoid((np.asarray(x, np.float64) @ self.coef_)[:, None] - self.cuts_)
        ends = np.ones((len(at_least), 1))
        return np.asarray(-np.diff(np.hstack([ends, at_least, 0 * ends])), np.float64)

    def predict(self, x: Any) -> NDArray[Any]:
        """The median level of each row."""
        middle = (np.cumsum(self.predict_proba(x), axis=1) < 0.5).sum(axis=1)
        return np.asarray(self.classes_[np.minimum(middle, len(self.classes_) - 1)])


def _designs(x: Array, levels: NDArray[np.intp], cuts_count: int) -> tuple[Array, Array]:
    """Rows whose products with (cuts, slopes) are c_level - x w and c_(level - 1) - x w; the open ends stay 0."""
    identity = np.vstack([np.eye(cuts_count), np.zeros((1, cuts_count))])  # the last, or index -1: no cut
    top, bottom = levels == cuts_count, levels == 0
    upper = np.hstack([identity[levels], np.where(top[:, None], 0, -x)])
    lower = np.hstack([identity[levels - 1], np.where(bottom[:, None], 0, -x)])
    return upper, lower


def _objective(
    weights: Array, upper: Array, lower: Array, levels: NDArray[np.intp], penalty: Array, target: Array
) -> tuple[float, Array, Array]:
    """Value, gradient and Hessian of the penalised negative log likelihood; infinite where cuts are out of order."""
    cuts_count = int(levels.max())
    top, bottom = levels == cuts_count, levels == 0
    high = np.where(top, 1.0, _sigmoid(upper @ weights))
    low = np.where(bottom, 0.0, _sigmoid(lower @ weights))
    if np.any(np.diff(weights[:cuts_count]) <= 0):
        return np.inf, weights, np.eye(len(weights))
    p = np.maximum(high - low, _TINY)
    slope_high, slope_low = high * (1 - high), low * (1 - low)
    pull_high, pull_low = slope_high / p, slope_low / p
    gap = weights - target
    value = float(-np.log(p).sum() + 0.5 * (penalty * gap**2).sum())
    gradient = -upper.T @ pull_high + lower.T @ pull_low + penalty * gap
    bend_high = pull_high**2 - slope_high * (1 - 2 * high) / p
    bend_low = pull_low**2 + slope_low * (1 - 2 * low) / p
    cross = (upper.T * (pull_high * pull_low)) @ lower
    curvature = (upper.T * bend_high) @ upper + (lower.T * bend_low) @ lower - cross - cross.T + np.diag(penalty)
    return value, np.asarray(gradient), np.asarray(curvature)


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), np.float64)
