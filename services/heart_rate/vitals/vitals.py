"""Breathing and variability of one recording, each only where it can be had."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.resampling import Grid, longest_run
from services.heart_rate.vitals.beats import beats_of
from services.heart_rate.vitals.breathing import breathing_of
from services.heart_rate.vitals.hrv import no_variability, variability
from shared.contracts.heart_rate import BreathingRate, HeartRateVariability, Reason


def vitals_of(
    wave: NDArray[np.float64],
    baseline: NDArray[np.float64],
    known: NDArray[np.bool_],
    grid: Grid,
    bpm: NDArray[np.float64],
    withheld: Reason | None,
) -> tuple[BreathingRate, HeartRateVariability]:
    """What ``wave`` (N,) tells beyond its rates ``bpm`` (W,); ``baseline`` (N,) still holds what lies below the pulse.

    Two beats on either side of a gap have no interval between them: the longest time without one is taken, ``known``
    (N,) telling where the wave is. Where the rate itself is withheld, so are these, for the same reason.
    """
    if withheld is not None:
        return BreathingRate(per_minute=None, spread=None, reason=withheld), no_variability(withheld)
    run = longest_run(known)
    start_s = grid.start_s + run.start / grid.rate_hz
    beats = beats_of(wave[run], start_s, grid.rate_hz, bpm)
    return breathing_of(baseline[run], start_s, grid.rate_hz, beats), variability(beats)
