"""The features of an estimate, window by window: everything that the confidence is made of."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.fusion import WindowSpectra
from services.heart_rate.quality import disturbance, peaks
from services.heart_rate.signals.uniform import UniformTraces
from services.heart_rate.traces import RegionTraces
from services.heart_rate.tracking.harmonics import harmonic_score
from services.heart_rate.tracking.path import Track

# Logarithm of the odds of the track's posterior; beyond this it only says "sure".
_SURE: Final = 6.0


def window_features(
    traces: RegionTraces, uniform: UniformTraces, spectra: WindowSpectra, track: Track, rate: NDArray[np.float64]
) -> Mapping[str, NDArray[np.float64]]:
    """Every feature by name, (W,) each, of the ``rate`` (W,) tracked in a face."""
    bpm, windows = spectra.bpm, len(rate)
    moved, lit = disturbance.motion(uniform, rate), disturbance.light(uniform, rate)
    return {
        "snr_db": peaks.snr_db(bpm, spectra.by_method.mean(axis=1), rate),
        **_of_track(bpm, spectra.fused, track, rate),
        "half_line": peaks.half_line(bpm, spectra.fused, rate, disturbance.taken_at_half(moved, lit)),
        "method_agreement": peaks.agreeing(bpm, spectra.by_method, rate),
        "region_agreement": peaks.agreeing(bpm, spectra.by_region, rate, spectra.seen),
        "coherence": peaks.coherence(spectra.phasors, spectra.seen, track.path),
        "colour_agreement": peaks.colour_agreement(spectra.colours[:, :-1], spectra.seen, track.path),
        "signature": peaks.signature(spectra.colours[:, -1], track.path),
        "pulsation": np.log10(peaks.pulsation(spectra.colours[:, -1], track.path, spectra.pulses.shape[-1]) + 1e-5),
        "motion": moved.amplitude,
        "motion_at_rate": moved.at_rate,
        "motion_line_db": moved.line_db,
        "light": lit.amplitude,
        "light_at_rate": lit.at_rate,
        "light_line_db": lit.line_db,
        "lost_bits": np.full(windows, disturbance.lost_bits(traces.video)),
        "lost_frames": np.full(windows, disturbance.lost_frames(traces)),
        "uneven_timing": np.full(windows, disturbance.uneven_timing(traces)),
        "regions_seen": spectra.seen.mean(axis=-1),
    }


def wave_features(
    bpm: NDArray[np.float64],
    power: NDArray[np.float64],
    track: Track,
    rate: NDArray[np.float64],
    pulses: NDArray[np.float64],
    rate_hz: float,
) -> Mapping[str, NDArray[np.float64]]:
    """Every feature by name, (W,) each, of the ``rate`` (W,) tracked in the ``power`` (W, F) of ``pulses`` (W, T)."""
    return {
        "snr_db": peaks.snr_db(bpm, power, rate),
        **_of_track(bpm, power, track, rate),
        "periodicity": peaks.periodicity(pulses, rate_hz, rate),
    }


def _of_track(
    bpm: NDArray[np.float64], power: NDArray[np.float64], track: Track, rate: NDArray[np.float64]
) -> Mapping[str, NDArray[np.float64]]:
    """How a rate stands among its rivals, in each window and along the track."""
    score = harmonic_score(bpm, power)
    own = bpm[score.argmax(axis=-1)]
    near = np.abs(bpm - rate[:, None]) <= peaks.AGREEMENT_BPM
    sure = np.clip((track.posterior * near).sum(axis=-1), 1e-6, 1 - 1e-6)
    return {
        "prominence": peaks.prominence(bpm, score, rate),
        "certainty": np.clip(np.log(sure / (1 - sure)), -_SURE, _SURE),
        "steadiness": (np.abs(own - rate) <= peaks.AGREEMENT_BPM).astype(np.float64),
    }
