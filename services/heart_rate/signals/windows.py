"""Overlapping windows of a uniform signal, as views."""

import numpy as np
from numpy.typing import NDArray


def windowed(values: NDArray[np.float64], length: int, hop: int) -> NDArray[np.float64]:
    """``values`` (..., N) as windows (..., W, ``length``), one every ``hop`` samples: a view, not to be written to."""
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)[..., ::hop, :]


def overlap_added(
    windows: NDArray[np.float64], hop: int, total: int, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The signal (``total``,) of windows (W, length) that lie ``hop`` apart, weighted by ``weights`` (W,) and a Hann.

    Where windows overlap, their weighted mean; 0 where no window with a weight reaches.
    """
    length = windows.shape[-1]
    # Never 0, so that the first and the last sample count too.
    taper = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    at = (hop * np.arange(len(windows))[:, None] + np.arange(length)).ravel()
    weight = weights[:, None] * taper
    summed = np.bincount(at, (windows * weight).ravel(), total)
    weighed = np.bincount(at, weight.ravel(), total)
    return np.divide(summed, weighed, out=np.zeros(total), where=weighed > 0)
