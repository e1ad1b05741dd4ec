"""Random recordings of every kind the platform meets, and of the kinds that mislead it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from services.heart_rate.generated.camera import CameraSettings
from services.heart_rate.generated.disturbance import LightSettings, MotionSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.recording import RecordingSettings
from services.heart_rate.generated.skin import SKIN_TONES

Sampler = Callable[[np.random.Generator], RecordingSettings]


def still(chance: np.random.Generator) -> RecordingSettings:
    """A face at rest under steady light, any tone, any rate, at 15 to 30 frames per second."""
    return _settings(chance)


def noisy(chance: np.random.Generator) -> RecordingSettings:
    """A small face, much noise: from a usable pulse down to none that anybody could find."""
    noise = log_uniform(chance, 3, 12)
    return _settings(
        chance,
        camera=_camera(
            chance, noise=noise, shared_noise=log_uniform(chance, 0.02, 0.4), pixels=log_uniform(chance, 60, 1500)
        ),
    )


def dim(chance: np.random.Generator) -> RecordingSettings:
    """Low light: little colour, as much noise."""
    return _settings(
        chance, brightness=chance.uniform(0.15, 0.5), camera=_camera(chance, noise=log_uniform(chance, 1.5, 6))
    )


def moving(chance: np.random.Generator) -> RecordingSettings:
    """A face that wanders, with the shades and reflections that follow."""
    return _settings(
        chance,
        motion=MotionSettings(
            wander=log_uniform(chance, 0.01, 0.12),
            jumps=int(chance.integers(0, 3)),
            detector=chance.uniform(0, 0.01),
            shading=chance.uniform(0.05, 0.6),
            specular=chance.uniform(0, 0.1),
        ),
    )


def swaying(chance: np.random.Generator) -> RecordingSettings:
    """A face that moves periodically at a rate that is not the heart's."""
    return _settings(
        chance,
        motion=MotionSettings(
            wander=log_uniform(chance, 0.003, 0.05),
            sway=log_uniform(chance, 0.01, 0.12),
            sway_bpm=chance.uniform(25, 220),
            sway_spread=chance.uniform(0, 0.08),
            detector=chance.uniform(0, 0.01),
            shading=chance.uniform(0.05, 0.6),
            specular=chance.uniform(0, 0.15),
        ),
    )


def nodding(chance: np.random.Generator) -> RecordingSettings:
    """A face that moves at its own heart's rate, or nearly: with the movement most of the pulse is taken off."""
    swayed = swaying(chance)
    heart = random_heart(chance)
    beside = heart.bpm * chance.uniform(0.94, 1.06)
    return _settings(chance, pulse=heart, motion=replace(swayed.motion, sway_bpm=beside))


def lit_badly(chance: np.random.Generator) -> RecordingSettings:
    """Light that drifts, steps, or flickers as a screen's does, more or less white."""
    return _settings(
        chance,
        light=LightSettings(
            drift=log_uniform(chance, 0.005, 0.1),
            flicker=log_uniform(chance, 0.001, 0.05),
            flicker_bpm=chance.uniform(30, 220),
            steps=int(chance.integers(0, 3)),
            tint=chance.uniform(0, 0.25),
            seen_behind=chance.uniform(0.2, 1.2),
        ),
    )


def compressed(chance: np.random.Generator) -> RecordingSettings:
    """A predictive coder at low bit rates, with key frames every 0.25 to 8 s."""
    coding = log_uniform(chance, 0.2, 6)
    camera = _camera(
        chance,
        coding=coding,
        key_frames_s=log_uniform(chance, 0.25, 8),
        bits_per_pixel=0.08 / coding * log_uniform(chance, 0.5, 2),
    )
    return _settings(
        chance,
        camera=camera,
        motion=MotionSettings(wander=log_uniform(chance, 0.001, 0.03), shading=chance.uniform(0.05, 0.4)),
    )


def irregular(chance: np.random.Generator) -> RecordingSettings:
    """Frames that come unevenly, or not at all."""
    return _settings(
        chance, camera=_camera(chance, jitter=chance.uniform(0.05, 0.5), dropped=chance.choice([0.0, 0.1, 0.3]))
    )


def interrupted(chance: np.random.Generator) -> RecordingSettings:
    """A face that leaves and comes back."""
    duration = chance.uniform(20, 50)
    away = chance.uniform(2, duration - 6)
    hidden = ((away, away + log_uniform(chance, 0.3, 15)),)
    return _settings(
        chance,
        duration_s=duration,
        camera=_camera(chance, hidden_s=hidden),
        motion=MotionSettings(wander=0.02, shading=0.2),
    )


def everything(chance: np.random.Generator) -> RecordingSettings:
    """Motion, light and coder together, each drawn anew."""
    moved, lit, small = (
        (moving, swaying)[int(chance.integers(2))](chance),
        lit_badly(chance),
        (compressed, noisy)[int(chance.integers(2))](chance),
    )
    return _settings(chance, motion=moved.motion, light=lit.light, camera=small.camera)


def lifeless(chance: np.random.Generator) -> RecordingSettings:
    """A photograph or a mask: every disturbance, no pulse at all. Any rate given out is wrong."""
    other = (still, noisy, moving, swaying, lit_badly, compressed)[int(chance.integers(6))](chance)
    return _settings(chance, pulsation=0.0, motion=other.motion, light=other.light, camera=other.camera)


KINDS: Final[Mapping[str, Sampler]] = {
    sampler.__name__: sampler
    for sampler in (
        still,
        noisy,
        dim,
        moving,
        swaying,
        lit_badly,
        compressed,
        irregular,
        interrupted,
        everything,
        lifeless,
        nodding,  # at the end: a kind's place is part of its examples' seed
    )
}


def log_uniform(chance: np.random.Generator, low: float, high: float) -> float:
    """A number between ``low`` and ``high``, every doubling as likely."""
    return float(np.exp(chance.uniform(np.log(low), np.log(high))))


def random_heart(chance: np.random.Generator) -> PulseSettings:
    """Any rate from 45 to 200 bpm: slow hearts with a strong second harmonic, fast ones nearly a sine."""
    bpm = float(chance.choice([chance.uniform(45, 200), chance.uniform(50, 110)]))
    slowness = np.clip((120 - bpm) / 75, 0, 1)
    return PulseSettings(
        bpm=bpm,
        drift_bpm_per_s=chance.normal(0, 0.08),
        wander_bpm=chance.uniform(0, 2.5),
        breaths_per_min=chance.uniform(8, 26),
        sinus_arrhythmia=chance.uniform(0, 0.05) * slowness,
        amplitude_modulation=chance.uniform(0, 0.2),
        baseline=chance.uniform(0, 1.0),
        second=chance.uniform(0.1, 0.35) + 0.5 * slowness * chance.uniform(),
        third=chance.uniform(0, 0.15) + 0.15 * slowness * chance.uniform(),
    )


def _camera(chance: np.random.Generator, **changed: Any) -> CameraSettings:
    usual: dict[str, Any] = {
        "frames_per_second": float(chance.choice([15.0, 20.0, 24.0, 25.0, 30.0, 30.0, 30.0])),
        "jitter": float(chance.choice([0.0, 0.02, 0.1])),
        "noise": log_uniform(chance, 1, 4),
        "shared_noise": log_uniform(chance, 0.005, 0.05),
        "pixels": log_uniform(chance, 400, 6000),
        "bits_per_pixel": log_uniform(chance, 0.06, 5.0) if chance.uniform() < 0.8 else None,
    }
    return CameraSettings(**(usual | changed))


def _settings(chance: np.random.Generator, **changed: Any) -> RecordingSettings:
    tone = int(chance.integers(len(SKIN_TONES)))
    usual: dict[str, Any] = {
        "pulse": random_heart(chance),
        "tone": tone,
        "pulsation": chance.uniform(*SKIN_TONES[tone].pulsation),
        "brightness": chance.uniform(0.6, 1.05),
        "skin_behind": chance.uniform(0.05, 0.3) if chance.uniform() < 0.25 else 0.0,
        "duration_s": float(chance.choice([8.0, 10.0, 15.0, 20.0, 30.0, 45.0])),
        "camera": _camera(chance),
    }
    return RecordingSettings(**(usual | changed))
