"""From cube roots back to millilitres: quantiles and means of a volume whose cube root is normal."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_STANDARD = NormalDist()
_cdf = np.vectorize(_STANDARD.cdf, otypes=[np.float64])


def cube_root(volume_ml: ArrayLike) -> Array:
    """Cube roots of volumes in mL."""
    return np.cbrt(np.asarray(volume_ml, np.float64))


def quantile_ml(mean: Array, deviation: Array, level: float) -> Array:
    """The volume that is not exceeded with probability ``level``; none is below 0."""
    return np.asarray(np.maximum(mean + _STANDARD.inv_cdf(level) * deviation, 0.0) ** 3)


def mean_ml(mean: Array, deviation: Array) -> Array:
    """E max(z, 0)^3 of z ~ N(mean, deviation²), in mL.

    With a = mean / deviation it is (mean³ + 3 mean deviation²) Φ(a) + (mean² deviation + 2 deviation³) φ(a).
    """
    ratio = mean / deviation
    density = np.exp(-0.5 * ratio**2) / math.sqrt(2 * math.pi)
    whole = (mean**3 + 3 * mean * deviation**2) * _cdf(ratio)
    # Far below 0 the two terms cancel but for rounding.
    return np.asarray(np.maximum(whole + (mean**2 * deviation + 2 * deviation**3) * density, 0.0))
