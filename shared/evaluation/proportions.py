"""Intervals of proportions: hits of independent trials, where a bootstrap of few or of perfect ones says too little."""

import math
from statistics import NormalDist

from shared.evaluation.estimate import Estimate


def wilson(hits: int, total: int, confidence: float = 0.95) -> Estimate:
    """``hits`` of ``total`` with the score interval (Wilson 1927); NaN where there is nothing to count.

    (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n). Unlike a bootstrap it has a width at 0 and at 1: 18 of
    18 found is 0.82 to 1, not 1 to 1.

    Raises ValueError where the hits are not among the total.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} hits of {total} is no proportion.")
    if not total:
        return Estimate(math.nan, math.nan, math.nan)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p = hits / total
    centre = p + z**2 / (2 * total)
    half = z * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    scale = 1 + z**2 / total
    return Estimate(p, max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale))
