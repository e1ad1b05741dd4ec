"""What speaks against any estimate: motion and light (above all at the estimated rate), coding, timing, a lost face."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.faces import window_length
from services.heart_rate.quality.peaks import near, snr_db
from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.regression import SPARED_LIGHT, SPARED_MOTION
from services.heart_rate.signals.resampling import BRIDGED_S
from services.heart_rate.signals.spectrum import band_spectrum, normalised, power_of
from services.heart_rate.signals.uniform import UniformTraces
from services.heart_rate.signals.windows import windowed
from services.heart_rate.traces import RegionTraces, VideoFacts

# Below these an amplitude is as good as none: a detector's rounding (of the face's width), a camera's noise.
_LEAST_MOTION: Final = 1e-3
_LEAST_LIGHT: Final = 1e-4
# From here on a coder keeps a pulse: H.264 at 0.1 bits per pixel is the usual quality setting of cameras.
AMPLE_BITS_PER_PIXEL: Final = 0.1
# Enough samples for a beat of 200 bpm with its second harmonic.
AMPLE_FRAMES_PER_SECOND: Final = 25.0


@dataclass(frozen=True)
class Course:
    """What a course other than the pulse does in W windows, to be held against a rate.

    ``amplitude``, ``at_rate`` and ``at_half`` (W,) are decadic logarithms of its effective value within the band,
    within the lines of the rate and its double, and within that of half the rate; ``line_db`` (W,) how far the former
    stand out, whatever the amplitude.
    """

    amplitude: NDArray[np.float64]
    at_rate: NDArray[np.float64]
    at_half: NDArray[np.float64]
    line_db: NDArray[np.float64]


def motion(traces: UniformTraces, rate: NDArray[np.float64]) -> Course:
    """The face's movement, in face widths, held against ``rate`` (W,)."""
    return _course(traces.face, traces, rate, _LEAST_MOTION)


def light(traces: UniformTraces, rate: NDArray[np.float64]) -> Course:
    """The background's relative change, held against ``rate`` (W,)."""
    return _course(traces.background, traces, rate, _LEAST_LIGHT)


def taken_at_half(moved: Course, lit: Course) -> NDArray[np.bool_]:
    """Where (W,) movement or light at half the rate was strong enough to be taken off the colours."""
    return np.asarray((moved.at_half > np.log10(SPARED_MOTION)) | (lit.at_half > np.log10(SPARED_LIGHT)))


def lost_bits(video: VideoFacts | None) -> float:
    """How many times, in powers of 2, the coder was given less than ample bits per pixel; 0 where nothing is known."""
    if video is None or video.bits_per_pixel is None:
        return 0.0
    return float(max(0.0, np.log2(AMPLE_BITS_PER_PIXEL / max(video.bits_per_pixel, 1e-5))))


def lost_frames(traces: RegionTraces) -> float:
    """How many times, in powers of 2, the frames come more slowly than ample."""
    per_second = (len(traces) - 1) / (traces.times_s[-1] - traces.times_s[0])
    return float(max(0.0, np.log2(AMPLE_FRAMES_PER_SECOND / per_second)))


def uneven_timing(traces: RegionTraces) -> float:
    """Standard deviation of the intervals between frames over their median, of those short enough to be bridged."""
    intervals = np.diff(traces.times_s)
    short = intervals[intervals <= BRIDGED_S]
    return float(short.std() / np.median(short)) if len(short) else 1.0


def _course(courses: NDArray[np.float64], traces: UniformTraces, rate: NDArray[np.float64], least: float) -> Course:
    length, hop = window_length(traces.grid)
    windows = np.moveaxis(windowed(courses, length, hop), 1, 0)  # (W, 3, T)
    bpm, transform = band_spectrum(detrended(windows, smoothness(traces.grid.rate_hz)), traces.grid.rate_hz)
    # Parseval: the variance within the band is 2 Σ|X|² / (transform length · Σw²).
    padded = 60 * traces.grid.rate_hz / (bpm[1] - bpm[0])
    power = 2 * power_of(transform).sum(axis=1) / (padded * np.sum(np.hanning(length) ** 2))
    line = near(bpm, rate) | near(bpm, 2 * rate)
    return Course(
        amplitude=_logarithm(power.sum(axis=-1), least),
        at_rate=_logarithm((power * line).sum(axis=-1), least),
        at_half=_logarithm((power * near(bpm, 0.5 * rate)).sum(axis=-1), least),
        line_db=snr_db(bpm, normalised(power), rate),
    )


def _logarithm(power: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    return np.asarray(0.5 * np.log10(power + least**2))
