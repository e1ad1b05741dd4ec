"""How well a rate explains a spectrum: by its own line and by the second harmonic that a pulse brings along."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.spectrum import normalised


def harmonic_score(bpm: NDArray[np.float64], power: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score (..., F) of every rate from ``power`` (..., F) at ``bpm`` (F,), summing to 1: P(f) + min(P(2f), P(f)).

    The second harmonic counts for at most as much as the fundamental. So a slow pulse wins over its own harmonic,
    be that the stronger line (1 + 1 against 1.5), and a fast pulse is not halved: where there is no line at half its
    rate, the half's score is twice nothing. A harmonic above the band counts as absent.
    """
    bins = (2 * bpm - bpm[0]) / (bpm[1] - bpm[0])  # where the doubled rate lies among the rates
    low = np.minimum(bins.astype(np.int64), len(bpm) - 2)
    share = bins - low
    second = power[..., low] * (1 - share) + power[..., low + 1] * share
    second = np.where(bins > len(bpm) - 1, 0.0, second)
    return normalised(power + np.minimum(second, power))
