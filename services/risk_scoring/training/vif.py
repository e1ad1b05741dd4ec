"""Removal of collinear columns by variance inflation factors, as a step inside the folds."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from statsmodels.stats.outliers_influence import variance_inflation_factor


class VifFilter(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Drops the column with the highest factor again and again until none exceeds ``limit``; constants go first.

    VIF_j = 1 / (1 - R²_j) of column j regressed on the others and a constant. ``kept_`` are the indices that stay.
    """

    def __init__(self, limit: float = 10.0) -> None:
        self.limit = limit

    def fit(self, x: Any, _y: Any = None) -> Self:
        """Choose the columns of ``x`` (N, P), which has no missing value."""
        x = np.asarray(x, np.float64)
        scale = x.std(axis=0)
        kept = np.flatnonzero(scale > 1e-12 * np.maximum(1, np.abs(x).max(axis=0)))
        z = (x - x.mean(axis=0)) / np.where(scale > 0, scale, 1)
        while len(kept) > 1:
            worst, factor = _worst(z[:, kept])
            if factor <= self.limit:
                break
            kept = np.delete(kept, worst)
        self.kept_ = kept
        return self

    def transform(self, x: Any) -> NDArray[np.float64]:
        """The columns that stayed."""
        return np.asarray(x, np.float64)[:, self.kept_]


def _worst(z: NDArray[np.float64]) -> tuple[int, float]:
    """The column with the highest factor, by statsmodels where it is finite.

    With as many columns as patients, or columns that are sums of others, every regression is perfect: the factor is
    infinite, and the column that the others give best goes first.
    """
    design = np.hstack([np.ones((len(z), 1)), z])
    correlation = np.corrcoef(z, rowvar=False)
    smallest = np.linalg.eigvalsh(correlation)[0]
    if smallest < 1e-8:
        _, _, directions = np.linalg.svd(z, full_matrices=False)
        return int(np.abs(directions[-1]).argmax()), np.inf
    # The diagonal of the inverse correlation matrix is every factor at once; statsmodels then says the worst one.
    column = int(np.diag(np.linalg.inv(correlation)).argmax())
    return column, float(variance_inflation_factor(design, column + 1))
