"""A generated pulse: a rate that drifts and breathes, and the wave of a beat with its harmonics."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The rate is integrated this finely; at 200 bpm a beat has 75 steps.
_STEP_S = 0.004


@dataclass(frozen=True)
class PulseSettings:
    """A heart. ``drift_bpm_per_s`` is its trend, ``wander_bpm`` the standard deviation of slow random change.

    ``breaths_per_min`` modulates rate (``sinus_arrhythmia``, relative), amplitude and baseline (relative to the
    pulse's amplitude). ``second`` and ``third`` are the harmonics' amplitudes over the fundamental's.
    """

    bpm: float
    drift_bpm_per_s: float = 0.0
    wander_bpm: float = 0.0
    breaths_per_min: float = 15.0
    sinus_arrhythmia: float = 0.0
    amplitude_modulation: float = 0.0
    baseline: float = 0.0
    second: float = 0.4
    third: float = 0.1


@dataclass(frozen=True)
class PulseWave:
    """At the asked times (N,): the ``wave`` with a fundamental of amplitude 1, the true rate ``bpm``, and ``phase``.

    A beat begins at every whole ``phase``; ``beats_s`` (B,) are those times.
    """

    wave: NDArray[np.float64]
    bpm: NDArray[np.float64]
    beats_s: NDArray[np.float64]


def pulse_wave(settings: PulseSettings, times_s: NDArray[np.float64], chance: np.random.Generator) -> PulseWave:
    """The pulse of ``settings`` at ``times_s`` (N,), rising. Its rate stays within 40.5 and 230 bpm."""
    fine = np.arange(times_s[0], times_s[-1] + 2 * _STEP_S, _STEP_S)
    breathing = 2 * np.pi * settings.breaths_per_min / 60 * fine + chance.uniform(0, 2 * np.pi)
    middle = (
        settings.bpm
        + settings.drift_bpm_per_s * (fine - fine.mean())
        + settings.wander_bpm * wandering(fine, 8.0, chance)
    )
    rate = np.clip(middle * (1 + settings.sinus_arrhythmia * np.sin(breathing)), 40.5, 230.0)
    phase = chance.uniform() + np.concatenate([[0.0], np.cumsum(rate[:-1] / 60 * _STEP_S)])
    angle = 2 * np.pi * phase
    shape = (
        np.sin(angle)
        + settings.second * np.sin(2 * angle + chance.uniform(-0.7, 0.7))
        + settings.third * np.sin(3 * angle + chance.uniform(-1, 1))
    )
    wave = shape * (1 + settings.amplitude_modulation * np.sin(breathing + chance.uniform(0, 2 * np.pi)))
    wave += settings.baseline * np.sin(breathing + chance.uniform(0, 2 * np.pi))
    beats = np.arange(np.ceil(phase[0]), np.floor(phase[-1]) + 1)
    return PulseWave(np.interp(times_s, fine, wave), np.interp(times_s, fine, rate), np.interp(beats, phase, fine))


def wandering(times_s: NDArray[np.float64], scale_s: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """A smooth random course (N,) of mean 0 and standard deviation about 1, without memory beyond ``scale_s``."""
    knots = np.arange(times_s[0] - scale_s, times_s[-1] + 2 * scale_s, scale_s)
    values = chance.standard_normal(len(knots))
    position = np.clip((times_s - knots[0]) / scale_s, 0, len(knots) - 1.001)
    before = position.astype(np.int64)
    share = 0.5 - 0.5 * np.cos(np.pi * (position - before))
    return np.asarray(values[before] * (1 - share) + values[before + 1] * share)
