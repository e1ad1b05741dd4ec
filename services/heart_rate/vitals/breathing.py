"""The breathing rate: what breathing does to a pulse's baseline, to its strength, and to its rate."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.spectrum import band_passed, normalised, peak_bpm
from services.heart_rate.vitals.beats import Beats
from services.heart_rate.vitals.hrv import accepted
from shared.contracts.heart_rate import BreathingRate, Reason

# Adults: 6 breaths in a minute at rest with training, 40 in distress.
SLOWEST: Final = 6.0
FASTEST: Final = 40.0
# Karlen et al. take 32 s; in 20 s two sources can agree by chance.
SHORTEST_S: Final = 30.0
# Karlen et al. refuse where their three sources' standard deviation exceeds 4; here two may suffice, so they must lie
# closer.
_MOST_SPREAD: Final = 2.0
# Least share of a source's power within its line: in noise, half of it can lie there by chance.
_LEAST_LINE: Final = 0.6
# A baseline that moves by less than this share of the pulse is the pulse's own side bands.
_LEAST_BASELINE: Final = 0.2
_RATE_HZ: Final = 4.0
_LINE: Final = 3.0


def breathing_of(baseline: NDArray[np.float64], start_s: float, rate_hz: float, beats: Beats) -> BreathingRate:
    """Breaths per minute of ``beats`` and of a ``baseline`` (N,) at ``rate_hz`` that still holds what lies below them.

    Three courses that breathing modulates: the baseline (venous return), the beats' heights (stroke volume) and their
    intervals (sinus arrhythmia); each one's spectral peak between 6 and 40; the median of those with a clear line,
    refused where they lie apart. Source: Karlen, Raman, Ansermino, Dumont, "Multiparameter respiratory rate estimation
    from the photoplethysmogram", IEEE Trans Biomed Eng 2013;60:1946.
    """
    times = start_s + np.arange(len(baseline)) / rate_hz
    even = np.arange(times[0], times[-1], 1 / _RATE_HZ)
    if times[-1] - times[0] < SHORTEST_S or len(beats.times_s) < 10:
        return BreathingRate(per_minute=None, spread=None, reason=Reason.TOO_SHORT)
    intervals = np.diff(beats.times_s)
    kept = accepted(intervals)
    slow = baseline - detrended(baseline, smoothness(rate_hz, FASTEST / 60))
    courses = [np.interp(even, beats.times_s, beats.heights)]
    breath = detrended(slow, smoothness(rate_hz, SLOWEST / 60))
    if breath.std() >= _LEAST_BASELINE * band_passed(baseline, rate_hz).std():
        courses.append(np.interp(even, times, slow))
    if kept.sum() >= 9:
        courses.append(np.interp(even, beats.times_s[1:][kept], intervals[kept]))
    # Beats sample a breath; one that comes faster than every second beat shows as another.
    fastest = min(FASTEST, 30 / float(np.median(intervals)))
    rates, lines = _peaks(np.stack(courses), fastest)
    clear = rates[lines >= _LEAST_LINE]
    if len(clear) < 2:
        return BreathingRate(per_minute=None, spread=None, reason=Reason.WEAK_PULSE)
    spread = float(clear.std())
    if spread > _MOST_SPREAD:
        return BreathingRate(per_minute=None, spread=spread, reason=Reason.METHODS_DISAGREE)
    return BreathingRate(per_minute=float(np.median(clear)), spread=spread, reason=None)


def _peaks(courses: NDArray[np.float64], fastest: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Breaths per minute (K,) of the highest line of each of ``courses`` (K, N), and its share (K,) of the power."""
    slow = detrended(courses, smoothness(_RATE_HZ, SLOWEST / 60 / 1.5))
    padded = 1 << int(np.ceil(np.log2(8 * slow.shape[-1])))
    per_minute = 60 * _RATE_HZ * np.arange(padded // 2 + 1) / padded
    band = (per_minute >= SLOWEST) & (per_minute <= fastest)
    power = normalised(np.abs(rfft(slow * np.hanning(slow.shape[-1]), padded, axis=-1))[:, band] ** 2)
    rates = peak_bpm(per_minute[band], power)
    near = np.abs(per_minute[band] - rates[:, None]) <= _LINE
    return rates, (power * near).sum(axis=-1)
