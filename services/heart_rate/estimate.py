"""From the colours of a face's skin to a heart rate that is right, or to none and the reason. Keeps no state."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.fusion import WindowSpectra, window_spectra
from services.heart_rate.pulse.wave import fused_wave
from services.heart_rate.quality.confidence import confidence_model
from services.heart_rate.quality.features import window_features
from services.heart_rate.quality.judgement import Judgement, judged
from services.heart_rate.quality.peaks import snr_db
from services.heart_rate.result import HeartRateEstimate, nothing
from services.heart_rate.signals.resampling import resampled
from services.heart_rate.signals.spectrum import peak_bpm
from services.heart_rate.signals.uniform import UniformTraces, uniform
from services.heart_rate.traces import RegionTraces
from services.heart_rate.tracking.harmonics import harmonic_score
from services.heart_rate.tracking.path import tracked
from services.heart_rate.tracking.rate import refined
from services.heart_rate.vitals.vitals import vitals_of
from shared.contracts.heart_rate import MethodRate, PulseWave, Reason, Spectrum

# Five beats at 50 bpm; below it a line is wider than what shall be told apart.
SHORTEST_S: Final = 6.0
# 240 bpm is 4 Hz: two samples a beat would do by Nyquist, and would leave nothing to tell a pulse from noise by.
LOWEST_FRAMES_PER_SECOND: Final = 10.0
# A face seen in less than this share of the recording: the rate would be one of another time.
LOWEST_FACE_SHARE: Final = 0.3


def estimate(traces: RegionTraces, neural: Mapping[str, NDArray[np.float64]] | None = None) -> HeartRateEstimate:
    """The heart rate in ``traces``, with everything that speaks for and against it.

    ``neural`` are pulses (N,) that networks read from the same frames, by name (pulse/neural.py); they are fused as
    further methods. Nothing is kept between calls: equal traces give equal results, bit for bit.
    """
    refusal = _refusal(traces)
    if refusal is not None:
        return nothing(refusal, _shares(traces))
    even = uniform(traces)
    further = {name: resampled(traces.times_s, pulse[None], even.grid)[0][0] for name, pulse in (neural or {}).items()}
    spectra = window_spectra(even, neural=further)
    if not spectra.usable.any():
        return nothing(Reason.FACE_LOST, _shares(traces))
    track = tracked(spectra.bpm, harmonic_score(spectra.bpm, spectra.fused), spectra.hop_s)
    rate = refined(spectra.bpm, spectra.fused, track.path)
    features = window_features(traces, even, spectra, track, rate)
    said = judged(confidence_model("video"), spectra.bpm, track, rate, features, spectra.usable, spectra.middles_s)
    return _result(even, spectra, rate, said, _shares(traces))


def _result(
    even: UniformTraces, spectra: WindowSpectra, rate: NDArray[np.float64], said: Judgement, shares: dict[str, float]
) -> HeartRateEstimate:
    grid, usable = even.grid, spectra.usable
    pulse = fused_wave(spectra, rate)
    # Blood absorbs light, so the venous return that breathing moves shows as a fall of green.
    baseline = -even.rgb[:, 1].mean(axis=0)
    breathing, hrv = vitals_of(pulse, baseline, np.asarray(even.known.any(axis=0)), grid, rate, said.reason)
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
        methods=_methods(spectra),
        quality=said.quality | shares,
        pulse=PulseWave(start_s=grid.start_s, rate_hz=grid.rate_hz, values=tuple(pulse.tolist())),
        spectrum=Spectrum(bpm=tuple(spectra.bpm.tolist()), power=tuple(spectra.fused[usable].mean(axis=0).tolist())),
    )


def _refusal(traces: RegionTraces) -> Reason | None:
    """Why traces cannot be analysed at all."""
    if len(traces) < 2 or traces.times_s[-1] - traces.times_s[0] < SHORTEST_S:
        return Reason.TOO_SHORT
    if (len(traces) - 1) / (traces.times_s[-1] - traces.times_s[0]) < LOWEST_FRAMES_PER_SECOND:
        return Reason.FRAME_RATE_TOO_LOW
    share = _shares(traces)["face_share"]
    if share == 0:
        return Reason.NO_FACE
    return Reason.FACE_LOST if share < LOWEST_FACE_SHARE else None


def _shares(traces: RegionTraces) -> dict[str, float]:
    """Plain facts beside the features: how long, and how much of it with skin in sight."""
    if not len(traces):
        return {"duration_s": 0.0, "face_share": 0.0}
    seen = np.isfinite(traces.rgb).all(axis=2).any(axis=0)
    return {"duration_s": float(traces.times_s[-1] - traces.times_s[0]), "face_share": float(seen.mean())}


def _methods(spectra: WindowSpectra) -> tuple[MethodRate, ...]:
    """Every method's own rate, from its mean spectrum."""
    power = spectra.by_method[spectra.usable].mean(axis=0)  # (M, F)
    own = peak_bpm(spectra.bpm, harmonic_score(spectra.bpm, power))
    snr = snr_db(spectra.bpm, power, own)
    return tuple(
        MethodRate(method=name, bpm=float(bpm), snr_db=float(db))
        for name, bpm, db in zip(spectra.methods, own, snr, strict=True)
    )
