"""Confidence intervals over patients: the patient is what is drawn again, never a slice, clip or hour of one."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.estimate import Estimate

__all__ = ["REPEATS", "Estimate", "bootstrap", "bootstrap_mean"]

# Percentiles of 2.5 and 97.5 then rest on 50 resamples each.
REPEATS = 2000


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], units: int, repeats: int | None = None, seed: int = 2026
) -> Estimate:
    """The statistic over all units, and its percentile interval over ``repeats`` (``REPEATS``) resamples of them.

    ``statistic`` gets indices into the units (patients), some repeated, and returns NaN where they do not define it
    (an AUC of one class); such resamples are left out.

    Raises ValueError without units.
    """
    if units < 1:
        raise ValueError("A bootstrap needs at least one unit.")
    rng = np.random.default_rng(seed)
    draws = np.array([statistic(rng.integers(0, units, units)) for _ in range(repeats or REPEATS)])
    draws = draws[np.isfinite(draws)]
    value = statistic(np.arange(units))
    if not len(draws) or not math.isfinite(value):
        return Estimate(value, math.nan, math.nan)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Estimate(float(value), float(low), float(high))


def bootstrap_mean(values: NDArray[np.floating], repeats: int | None = None, seed: int = 2026) -> Estimate:
    """Mean of one value per patient; patients whose value is NaN are not among the units."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return Estimate(math.nan, math.nan, math.nan)
    return bootstrap(lambda chosen: float(defined[chosen].mean()), len(defined), repeats, seed)
