"""Colours relative to their mean: what light and skin tone scale away, every projection starts from."""

import numpy as np
from numpy.typing import NDArray


def relative(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """``rgb`` (..., 3, N) over its mean in time, about 1. A channel that is black throughout stays at 1."""
    mean = rgb.mean(axis=-1, keepdims=True)
    return np.asarray(np.divide(rgb, mean, out=np.ones_like(rgb), where=mean > 0))


def ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """``above`` / ``below``; 0 where a signal that stands still makes ``below`` 0."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
