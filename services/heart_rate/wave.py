"""From a pulse wave, a wearable's or a monitor's or a network's, to a heart rate, its variability, and breathing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.faces import KNOWN_SHARE, window_count, window_length
from services.heart_rate.quality.confidence import confidence_model
from services.heart_rate.quality.features import wave_features
from services.heart_rate.quality.judgement import judged
from services.heart_rate.result import HeartRateEstimate, nothing
from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.resampling import grid_of, resampled
from services.heart_rate.signals.spectrum import power_spectrum
from services.heart_rate.signals.spikes import spikes_held
from services.heart_rate.signals.windows import overlap_added, windowed
from services.heart_rate.tracking.harmonics import harmonic_score
from services.heart_rate.tracking.path import tracked
from services.heart_rate.tracking.rate import refined
from services.heart_rate.vitals.vitals import vitals_of
from shared.contracts.heart_rate import PulseWave, Reason, Spectrum

SHORTEST_S: Final = 6.0
LOWEST_RATE_HZ: Final = 10.0


def estimate_wave(times_s: NDArray[np.float64], wave: NDArray[np.float64]) -> HeartRateEstimate:
    """The heart rate in ``wave`` (N,), in any unit, at device times ``times_s`` (N,), strictly rising; NaN is a gap.

    As ``estimate`` for a face: windows of 10 s, one track, one calibrated confidence, and None with the reason where
    that is too low. Systole is up, as in every pulse oximeter's wave.
    """
    if len(times_s) < 2 or times_s[-1] - times_s[0] < SHORTEST_S:
        return nothing(Reason.TOO_SHORT)
    if (len(times_s) - 1) / (times_s[-1] - times_s[0]) < LOWEST_RATE_HZ:
        return nothing(Reason.FRAME_RATE_TOO_LOW)
    grid = grid_of(times_s)
    (even,), known = resampled(times_s, wave[None], grid)
    length, hop = window_length(grid)
    usable = windowed(known.astype(np.float64), length, hop).mean(axis=-1) >= KNOWN_SHARE
    if not usable.any():
        return nothing(Reason.SIGNAL_LOST)
    windows = windowed(even, length, hop)
    # Held once before, lest the trend swing out for a spike, and once behind, where the beats set the limit.
    calm = spikes_held(windows - np.median(windows, axis=-1, keepdims=True))
    pulses = spikes_held(detrended(calm, smoothness(grid.rate_hz)))
    bpm, power = power_spectrum(pulses, grid.rate_hz)
    power[~usable] = 1 / len(bpm)
    track = tracked(bpm, harmonic_score(bpm, power), hop / grid.rate_hz)
    rate = refined(bpm, power, track.path)
    pulse = overlap_added(pulses, hop, grid.length, usable.astype(np.float64))
    features = wave_features(bpm, power, track, rate, pulses, grid.rate_hz)
    middles = grid.start_s + (0.5 * length + hop * np.arange(window_count(grid), dtype=np.float64)) / grid.rate_hz
    said = judged(confidence_model("wave"), bpm, track, rate, features, usable, middles)
    breathing, hrv = vitals_of(pulse, even, known, grid, rate, said.reason)
    return HeartRateEstimate(
        bpm=said.bpm,
        confidence=said.confidence,
        reason=said.reason,
        bpm_low=said.low,
        bpm_high=said.high,
        candidate_bpm=said.candidate_bpm,
        trend=said.trend,
        breathing_rate=breathing,
        hrv=hrv,
        methods=(),
        quality=said.quality | {"duration_s": grid.duration_s},
        pulse=PulseWave(
            start_s=grid.start_s, rate_hz=grid.rate_hz, values=tuple((pulse / (pulse.std() or 1.0)).tolist())
        ),
        spectrum=Spectrum(bpm=tuple(bpm.tolist()), power=tuple(power[usable].mean(axis=0).tolist())),
    )
