"""What the spectra themselves say about a rate: its share of the power, its rivals, and who else sees it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.tracking.harmonics import harmonic_score

# Half the main lobe of a Hann window of 10 s (de Haan & Jeanne 2013 take the same).
LINE_BPM: Final = 6.0
# Two rates within this are the same rate, everywhere in this service.
AGREEMENT_BPM: Final = 5.0
# Logarithm of a line over another that is as good as none.
_NO_LINE: Final = -5.0
# Pulsation orthogonal to brightness, of the signature 0.33, 0.77, 0.53 (de Haan & van Leest 2014).
_CHROMA: Final = np.array([-0.213, 0.227, -0.013]) / np.linalg.norm([-0.213, 0.227, -0.013])


def near(bpm: NDArray[np.float64], rate: NDArray[np.float64], within: float = LINE_BPM) -> NDArray[np.bool_]:
    """Which (..., F) of ``bpm`` (F,) lie ``within`` so many bpm of ``rate`` (...)."""
    return np.asarray(np.abs(bpm - rate[..., None]) <= within)


def snr_db(bpm: NDArray[np.float64], power: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power within 6 bpm of ``rate`` (...) and of its double over the rest of ``power`` (..., F), in dB, within ±20.

    Source: de Haan, Jeanne, IEEE Trans Biomed Eng 2013;60:2878, section IV, with the estimated rate for the true one.
    """
    line = near(bpm, rate) | near(bpm, 2 * rate)
    inside = (power * line).sum(axis=-1)
    return np.asarray(np.clip(10 * np.log10((inside + 1e-9) / (power.sum(axis=-1) - inside + 1e-9)), -20, 20))


def prominence(bpm: NDArray[np.float64], score: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of the score at ``rate`` (...) over the best rival's: 10 bpm away, and not its double."""
    rival = np.where(near(bpm, rate, 10.0) | near(bpm, 2 * rate, 10.0), 0.0, score).max(axis=-1)
    own = np.where(near(bpm, rate, AGREEMENT_BPM), score, 0.0).max(axis=-1)
    return np.asarray(np.log((own + 1e-9) / (rival + 1e-9)))


def half_line(
    bpm: NDArray[np.float64], power: NDArray[np.float64], rate: NDArray[np.float64], taken: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Natural logarithm of the highest ``power`` (W, F) near half of ``rate`` (W,) over that near it, at least −5.

    −5 too where nothing was ``taken`` (W,) off at the half. Where something was, the rate may be the second harmonic of
    a pulse that went with it. It then beats in blood's colour and in all regions at once, and only what is left at the
    half tells.
    """
    own = np.where(near(bpm, rate, AGREEMENT_BPM), power, 0.0).max(axis=-1)
    half = np.where(near(bpm, 0.5 * rate, AGREEMENT_BPM), power, 0.0).max(axis=-1)
    return np.where(taken, np.maximum(np.log((half + 1e-9) / (own + 1e-9)), _NO_LINE), _NO_LINE)


def agreeing(
    bpm: NDArray[np.float64],
    power: NDArray[np.float64],
    rate: NDArray[np.float64],
    counted: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Share (W,) of the spectra ``power`` (W, K, F), of those ``counted`` (W, K), with ``rate`` (W,) for best."""
    own = bpm[harmonic_score(bpm, power).argmax(axis=-1)]
    same = np.abs(own - rate[:, None]) <= AGREEMENT_BPM
    if counted is None:
        return np.asarray(same.mean(axis=-1))
    return np.asarray((same & counted).sum(axis=-1) / np.maximum(counted.sum(axis=-1), 1))


def coherence(phasors: NDArray[np.complex128], seen: NDArray[np.bool_], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far the regions (W, R, F) beat in phase at the bins ``at`` (W,): |Σx|² / (R Σ|x|²), of the seen (W, R).

    1 for one pulse, 1 / R on average for noise; 0 with fewer than two regions, since one agrees with itself.
    """
    here = np.where(seen, np.take_along_axis(phasors, at[:, None, None], axis=-1)[..., 0], 0.0)
    total = seen.sum(axis=-1) * (np.abs(here) ** 2).sum(axis=-1)
    share = np.divide(np.abs(here.sum(axis=-1)) ** 2, total, out=np.zeros(len(here)), where=total > 0)
    return np.where(seen.sum(axis=-1) >= 2, share, 0.0)


def signature(colours: NDArray[np.complex128], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cosine (W,) between the colour that beats at the bins ``at`` (W,) and blood's, both orthogonal to brightness.

    ``colours`` (W, 3, F). Motion and light
    point anywhere, blood towards green and away from red, whatever the skin.
    """
    here = np.take_along_axis(colours, at[:, None, None], axis=-1)[..., 0]  # (W, 3)
    chroma = here - here.mean(axis=-1, keepdims=True)
    turned = np.abs((chroma * _CHROMA).sum(axis=-1))
    length = np.linalg.norm(chroma, axis=-1)
    return np.asarray(np.divide(turned, length, out=np.zeros(len(length)), where=length > 0))


def colour_agreement(
    colours: NDArray[np.complex128], seen: NDArray[np.bool_], at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far the regions beat in one colour and phase at the bins ``at`` (W,): s₁² / Σ s² of the (R, 3) amplitudes.

    ``colours`` (W, R, 3, F) of relative colour, ``seen`` (W, R). Blood is one colour, so every region's beat is a
    multiple of it (rank 1); shades and reflections each have their own, and noise has none (1/3 and more).
    """
    here = np.take_along_axis(colours, at[:, None, None, None], axis=-1)[..., 0] * seen[..., None]  # (W, R, 3)
    power = np.linalg.svd(here, compute_uv=False) ** 2
    total = power.sum(axis=-1)
    return np.asarray(np.divide(power[:, 0], total, out=np.zeros(len(total)), where=total > 0))


def pulsation(colours: NDArray[np.complex128], at: NDArray[np.int64], samples: int) -> NDArray[np.float64]:
    """Relative amplitude (W,) in green of the whole face's beat at the bins ``at`` (W,); ``colours`` (W, 3, F)."""
    green = np.take_along_axis(colours[:, 1], at[:, None], axis=-1)[:, 0]
    return np.asarray(2 * np.abs(green) / np.hanning(samples).sum())


def periodicity(pulses: NDArray[np.float64], rate_hz: float, rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation (W,) of each of ``pulses`` (W, T) with itself one beat later, at its ``rate`` (W,) in bpm.

    Whatever a beat looks like, the next looks the same; a harmonic taken for the rate, and noise, do not.
    """
    count = pulses.shape[-1]
    centred = pulses - pulses.mean(axis=-1, keepdims=True)
    padded = 1 << int(np.ceil(np.log2(2 * count)))
    lags = np.fft.irfft(np.abs(np.fft.rfft(centred, padded, axis=-1)) ** 2, padded, axis=-1)[:, :count]
    lags = lags / (1 - np.arange(count) / count)  # as many products at every lag
    lag = np.minimum(60 * rate_hz / rate, count - 2)
    low = lag.astype(np.int64)
    share = lag - low
    rows = np.arange(len(pulses))
    later = lags[rows, low] * (1 - share) + lags[rows, low + 1] * share
    return np.asarray(np.divide(later, lags[:, 0], out=np.zeros(len(pulses)), where=lags[:, 0] > 0))
