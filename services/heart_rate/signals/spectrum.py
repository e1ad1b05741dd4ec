"""The spectrum of a pulse in the band of the heart, its peak between the bins, and what a band-pass leaves."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import butter, sosfiltfilt

LOWEST_BPM: Final = 40.0
HIGHEST_BPM: Final = 240.0
# At least four bins per resolvable frequency: a parabola through three of them errs by some 0.01 bpm.
_PADDING: Final = 4


def band_spectrum(pulses: NDArray[np.float64], rate_hz: float) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Frequencies (F,) in bpm from 40 to 240, and the Hann-windowed, zero-padded transform (..., F) of (..., N)."""
    count = pulses.shape[-1]
    padded = 1 << int(np.ceil(np.log2(_PADDING * count)))
    bpm = 60.0 * rate_hz * np.arange(padded // 2 + 1) / padded
    first, last = np.searchsorted(bpm, [LOWEST_BPM, HIGHEST_BPM + 1e-9])
    transform = rfft(pulses * np.hanning(count), padded, axis=-1)
    # A copy, so that nobody keeps the four fifths of the spectrum that lie outside the band.
    return bpm[first:last], transform[..., first:last].copy()


def power_of(transform: NDArray[np.complex128]) -> NDArray[np.float64]:
    """|X|² of every bin."""
    return np.asarray(transform.real**2 + transform.imag**2)


def power_spectrum(pulses: NDArray[np.float64], rate_hz: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies (F,) in bpm and power (..., F) that sums to 1 over the band; even where there is no power at all."""
    bpm, transform = band_spectrum(pulses, rate_hz)
    return bpm, normalised(power_of(transform))


def normalised(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """``power`` (..., F) over its sum; 1 / F where that is 0."""
    total = power.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(power, total, out=np.full_like(power, 1.0 / power.shape[-1]), where=total > 0))


def peak_between_bins(
    bpm: NDArray[np.float64], power: NDArray[np.float64], at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The maximum (...) in bpm of the parabola through the logarithm of ``power`` (..., F) at the bins ``at`` ± 1.

    A Hann window's main lobe is nearly a Gaussian, whose logarithm is a parabola.
    """
    middle = np.clip(at, 1, power.shape[-1] - 2)
    three = np.take_along_axis(power, middle[..., None] + np.array([-1, 0, 1]), axis=-1)
    low, centre, high = np.moveaxis(np.log(three + 1e-300), -1, 0)
    bend = low - 2 * centre + high
    shift = np.divide(0.5 * (low - high), bend, out=np.zeros_like(bend), where=bend < 0)
    return np.asarray(bpm[middle] + np.clip(shift, -1, 1) * (bpm[1] - bpm[0]))


def peak_bpm(bpm: NDArray[np.float64], power: NDArray[np.float64]) -> NDArray[np.float64]:
    """The frequency (...) in bpm at which ``power`` (..., F) is highest, between the bins."""
    return peak_between_bins(bpm, power, power.argmax(axis=-1))


def band_passed(
    signal: NDArray[np.float64], rate_hz: float, low_bpm: float = LOWEST_BPM, high_bpm: float = HIGHEST_BPM
) -> NDArray[np.float64]:
    """``signal`` (..., N) between two frequencies: Butterworth of order 3, forwards and backwards, hence in phase."""
    return np.asarray(
        sosfiltfilt(
            _sections(rate_hz, low_bpm, high_bpm), signal, axis=-1, padlen=min(signal.shape[-1] - 1, round(2 * rate_hz))
        )
    )


@lru_cache(maxsize=64)
def _sections(rate_hz: float, low_bpm: float, high_bpm: float) -> NDArray[np.float64]:
    nyquist_bpm = 30.0 * rate_hz
    edges = [low_bpm / nyquist_bpm, min(high_bpm / nyquist_bpm, 0.95)]
    return np.asarray(butter(3, edges, "bandpass", output="sos"))
