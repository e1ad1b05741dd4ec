"""Generated contact pulse waves: what a wearable's sensor makes of a pulse, at rest and on an arm that moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.generated.disturbance import swinging
from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave, wandering
from services.heart_rate.generated.sampling import log_uniform, random_heart


@dataclass(frozen=True)
class WearableSettings:
    """Amplitudes are relative to the pulse's. ``pulsation`` is 1, or 0 for a sensor that lies on no skin."""

    pulse: PulseSettings
    duration_s: float = 30.0
    rate_hz: float = 50.0
    pulsation: float = 1.0
    noise: float = 0.1
    drift: float = 1.0
    swing: float = 0.0
    swing_bpm: float = 100.0
    bursts: int = 0


@dataclass(frozen=True)
class GeneratedWave:
    """``wave`` (N,) at ``times_s`` (N,), the true rate ``bpm`` (N,), and the times of the beats."""

    times_s: NDArray[np.float64]
    wave: NDArray[np.float64]
    bpm: NDArray[np.float64]
    beats_s: NDArray[np.float64]


def wear(settings: WearableSettings, seed: int) -> GeneratedWave:
    """The wave of ``settings``; equal seeds give equal waves."""
    chance = np.random.default_rng(seed)
    times = np.arange(int(settings.duration_s * settings.rate_hz)) / settings.rate_hz
    pulse = pulse_wave(settings.pulse, times, chance)
    wave = settings.pulsation * pulse.wave + settings.noise * chance.standard_normal(len(times))
    wave += settings.drift * wandering(times, 4.0, chance)
    wave += settings.swing * swinging(settings.swing_bpm, 0.1, times, chance)
    for _ in range(settings.bursts):
        near = np.exp(-0.5 * ((times - chance.uniform(0, settings.duration_s)) / 0.7) ** 2)
        wave += 8 * near * wandering(times, 0.2, chance)
    return GeneratedWave(times, wave, pulse.bpm, pulse.beats_s)


def random_wearable(chance: np.random.Generator) -> WearableSettings:
    """Any heart, sensor and arm; one in ten sensors lies on no skin, and of the others one in four swings.

    A swing that is steady and stronger than the pulse cannot be told from one by a single wave, by anything: those few
    that are drawn here bound what a confidence can reach.
    """
    worn = chance.uniform() > 0.1
    swings = worn and chance.uniform() < 0.25
    return WearableSettings(
        pulse=random_heart(chance),
        duration_s=float(chance.choice([8.0, 10.0, 15.0, 20.0, 30.0, 60.0])),
        rate_hz=float(chance.choice([20.0, 25.0, 30.0, 50.0, 100.0, 125.0])),
        pulsation=float(worn),
        noise=log_uniform(chance, 0.02, 4.0),
        drift=log_uniform(chance, 0.1, 5.0),
        swing=log_uniform(chance, 0.1, 1.5) if swings else 0.0,
        swing_bpm=float(chance.uniform(40, 200)),
        bursts=int(chance.integers(0, 4)),
    )
