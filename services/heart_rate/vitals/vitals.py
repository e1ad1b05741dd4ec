"""Breathing and variability of one recording, each only where it can be had."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.quality.reasons import Reason
from services.heart_rate.result import BreathingRate, HeartRateVariability
from services.heart_rate.vitals.beats import beats_of
from services.heart_rate.vitals.breathing import breathing_of
from services.heart_rate.vitals.hrv import no_variability, variability


def vitals_of(
    wave: NDArray[np.float64],
    baseline: NDArray[np.float64],
    start_s: float,
    rate_hz: float,
    bpm: NDArray[np.float64],
    withheld: Reason | None,
) -> tuple[BreathingRate, HeartRateVariability]:
    """What ``wave`` (N,) tells beyond its rates ``bpm`` (W,); ``baseline`` (N,) still holds what lies below the pulse.

    Where the rate itself is withheld, so are these, for the same reason: they rest on the same beats.
    """
    if withheld is not None:
        return BreathingRate(per_minute=None, spread=None, reason=withheld), no_variability(withheld)
    beats = beats_of(wave, start_s, rate_hz, bpm)
    return breathing_of(baseline, start_s, rate_hz, beats), variability(beats)
