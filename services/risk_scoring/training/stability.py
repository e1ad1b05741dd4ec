"""Few columns, each chosen again and again when half of the patients are left out (Meinshausen & Buehlmann 2010)."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.svm import l1_min_c


class StabilitySelection(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Keeps the ``most`` columns that an L1 logistic regression of ``halves`` stratified halves chooses most often.

    Columns chosen in fewer than ``at_least`` of the halves are dropped, but for the most frequent one. ``strength``
    times the least C that chooses anything sets the penalty. ``kept_`` are the indices.
    """

    def __init__(
        self, halves: int = 20, strength: float = 2.0, at_least: float = 0.5, most: int = 6, seed: int = 2026
    ) -> None:
        self.halves = halves
        self.strength = strength
        self.at_least = at_least
        self.most = most
        self.seed = seed

    def fit(self, x: Any, y: Any) -> Self:
        """Choose the columns of standardised ``x`` (N, P) for the yes-or-no ``y``."""
        x, y = np.asarray(x, np.float64), np.asarray(y)
        rng = np.random.default_rng(self.seed)
        chosen = np.zeros(x.shape[1])
        for _ in range(self.halves):
            half = np.concatenate([rng.permutation(np.flatnonzero(y == level))[: (y == level).sum() // 2]
                                   for level in np.unique(y)])  # fmt: skip
            least = l1_min_c(x[half], y[half], loss="log")
            model = LogisticRegression(l1_ratio=1, C=self.strength * least, solver="liblinear", random_state=0)
            chosen += model.fit(x[half], y[half]).coef_[0] != 0
        self.frequency_ = chosen / self.halves
        order = np.argsort(-self.frequency_, kind="stable")[: self.most]
        often = order[self.frequency_[order] >= self.at_least]
        self.kept_ = np.sort(often if len(often) else order[:1])
        return self

    def transform(self, x: Any) -> NDArray[np.float64]:
        """The columns that stayed."""
        return np.asarray(x, np.float64)[:, self.kept_]
