"""Heart-rate variability from the times of the beats, where they can be trusted."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from services.heart_rate.vitals.beats import Beats
from shared.contracts.heart_rate import HeartRateVariability, Reason

# Fewer intervals than this say nothing (Munoz et al., PLoS One 2015;10:e0138921: RMSSD needs 10 s, SDNN 30 s of beats).
LEAST_INTERVALS: Final = 20
# An interval this far from the median of its neighbours is a missed or doubled beat, or an extrasystole.
_FARTHEST: Final = 0.25
# With more of these than 10 %, what remains is a choice and no measurement.
_MOST_REFUSED: Final = 0.1
# Beats less alike than this have peaks moved by noise, which RMSSD takes for variability.
_LEAST_LIKENESS: Final = 0.9


def variability(beats: Beats) -> HeartRateVariability:
    """SDNN and RMSSD of ``beats``: over the accepted intervals, and over successive pairs of them.

    Source: Task Force of the ESC and NASPE, Circulation 1996;93:1043, table 1. SDNN has the n − 1 in its denominator.
    """
    intervals_ms = 1000 * np.diff(beats.times_s)
    kept = accepted(intervals_ms)
    count = int(kept.sum())
    if count < LEAST_INTERVALS:
        return no_variability(Reason.TOO_FEW_BEATS, count)
    if count < (1 - _MOST_REFUSED) * len(kept):
        return no_variability(Reason.IRREGULAR_BEATS, count)
    if beats.likeness < _LEAST_LIKENESS:
        return no_variability(Reason.WEAK_PULSE, count)
    successive = np.diff(intervals_ms)[kept[1:] & kept[:-1]]
    return HeartRateVariability(
        sdnn_ms=float(intervals_ms[kept].std(ddof=1)),
        rmssd_ms=float(np.sqrt(np.mean(successive**2))),
        intervals=count,
        reason=None,
    )


def accepted(intervals: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which (B,) of the intervals lie within 25 % of the median of themselves and five neighbours on either side."""
    if not len(intervals):
        return np.zeros(0, np.bool_)
    usual = median_filter(intervals, 11, mode="nearest")
    return np.asarray(np.abs(intervals - usual) <= _FARTHEST * usual)


def no_variability(reason: Reason, intervals: int = 0) -> HeartRateVariability:
    """None, and why."""
    return HeartRateVariability(sdnn_ms=None, rmssd_ms=None, intervals=intervals, reason=reason)
