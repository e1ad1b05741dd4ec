"""Where the beats are in a pulse wave, between its samples, and how alike they look."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

from services.heart_rate.signals.spectrum import band_passed

# Two beats closer than this share of the period are one beat and its dicrotic wave.
_CLOSEST: Final = 0.6
# A peak must rise above its surroundings by this many standard deviations of the wave.
_PROMINENCE: Final = 0.4
# Around the rates: the fundamental with its side bands, and the second harmonic that sharpens the peak.
_BELOW: Final = 0.6
_ABOVE: Final = 2.2
# Times as fine as 30 Hz times 8: a parabola through three of these errs by well under a millisecond.
_FINER: Final = 8


@dataclass(frozen=True)
class Beats:
    """``times_s`` (B,) of the beats' peaks, their ``heights`` (B,), and ``likeness``: the median correlation of a beat
    with the mean beat (Orphanidou et al., IEEE J Biomed Health Inform 2015;19:832, ask 0.86 of a contact pulse)."""

    times_s: NDArray[np.float64]
    heights: NDArray[np.float64]
    likeness: float


def beats_of(wave: NDArray[np.float64], start_s: float, rate_hz: float, bpm: NDArray[np.float64]) -> Beats:
    """The beats of ``wave`` (N,), whose tracked rates are ``bpm`` (W,); a beat is where the wave is highest."""
    smooth = band_passed(wave, rate_hz, _BELOW * float(bpm.min()), min(_ABOVE * float(bpm.max()), 25 * rate_hz))
    coarse = np.arange(len(smooth)) / rate_hz
    fine = np.arange((len(smooth) - 1) * _FINER + 1) / (_FINER * rate_hz)
    course = CubicSpline(coarse, smooth)(fine)
    closest = _CLOSEST * 60 / float(bpm.max()) * rate_hz * _FINER
    at, _ = find_peaks(course, distance=max(1.0, closest), prominence=_PROMINENCE * float(course.std()))
    low, middle, high = course[at - 1], course[at], course[at + 1]
    bend = low - 2 * middle + high
    shift = np.divide(0.5 * (low - high), bend, out=np.zeros_like(bend), where=bend < 0)
    times = (at + shift) / (_FINER * rate_hz)
    return Beats(start_s + times, middle, _likeness(smooth, coarse, times, 60 / float(np.median(bpm))))


def _likeness(
    wave: NDArray[np.float64], times_s: NDArray[np.float64], beats_s: NDArray[np.float64], period_s: float
) -> float:
    offsets = np.linspace(-0.4, 0.6, 32) * period_s
    whole = beats_s[(beats_s + offsets[0] >= times_s[0]) & (beats_s + offsets[-1] <= times_s[-1])]
    if len(whole) < 3:
        return 0.0
    beats = np.interp(whole[:, None] + offsets, times_s, wave)
    beats -= beats.mean(axis=1, keepdims=True)
    mean = beats.mean(axis=0)
    length = np.linalg.norm(beats, axis=1) * np.linalg.norm(mean)
    return float(np.median(np.divide(beats @ mean, length, out=np.zeros(len(beats)), where=length > 0)))
