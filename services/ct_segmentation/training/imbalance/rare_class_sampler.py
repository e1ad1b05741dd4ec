"""Draws slices of rare types more often: repeat-factor sampling (Gupta, Dollár and Girshick 2019, LVIS)."""

import numpy as np
from numpy.typing import NDArray


def repeat_factors(
    present: NDArray[np.bool_], threshold: float, labelled: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """r(i) = max over the types c of slice i of r(c), with r(c) = max(1, sqrt(t / f(c))) (LVIS, section 3.4 there).

    ``present`` (N, T) -> (N,). f(c) is the share of slices with type c among those that label it (``labelled``
    (N, T), all where not given); types more frequent than ``threshold`` t, and slices without any type, keep 1.
    """
    known = np.ones_like(present) if labelled is None else np.broadcast_to(labelled, present.shape)
    shown = present & known
    frequency = shown.sum(0) / np.maximum(known.sum(0), 1)
    by_type = np.ones(present.shape[1])
    seen = frequency > 0
    by_type[seen] = np.maximum(1.0, np.sqrt(threshold / frequency[seen]))
    return np.asarray(np.where(shown, by_type, 1.0).max(axis=1, initial=1.0), np.float64)


class RareClassSampler:
    """Draws slices with probability r(i) / Σ r; ``probabilities`` (N,)."""

    def __init__(self, present: NDArray[np.bool_], threshold: float, labelled: NDArray[np.bool_] | None = None) -> None:
        factors = repeat_factors(present, threshold, labelled)
        self.probabilities = factors / factors.sum()
        self._cumulative = np.cumsum(self.probabilities)
        self._cumulative[-1] = 1.0  # a sum of many small numbers may end just below

    def draw(self, rng: np.random.Generator, batch: int) -> NDArray[np.int64]:
        """``batch`` indices with repetition; with ``default_rng((seed, step))`` a pure function of seed and step."""
        return np.asarray(np.searchsorted(self._cumulative, rng.random(batch), side="right"), np.int64)
