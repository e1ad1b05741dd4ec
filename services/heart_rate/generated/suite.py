"""The generated suite: every condition under which a heart rate is asked for, as scenes with a known pulse.

What it measures holds for generated videos: one portrait, painted skin, a simulated camera. It is no clinical accuracy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import numpy as np

from services.heart_rate.generated.camera import CameraSettings
from services.heart_rate.generated.person import PersonSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.scenes import SceneSettings
from services.heart_rate.generated.skin import SKIN_TONES
from services.heart_rate.generated.video import Coding


class Group(StrEnum):
    """What is asked of an estimator: a number, a number despite movement, or a number only where there can be one."""

    CLEAN = "clean"
    MOTION = "motion"
    HARD = "hard"


@dataclass(frozen=True)
class Recipe:
    """One clip to generate."""

    scene: SceneSettings
    coding: Coding = field(default_factory=Coding)


@dataclass(frozen=True)
class Condition:
    """``recipe`` makes the clip of a number: its chance and that number are all that it depends on."""

    name: str
    group: Group
    recipe: Callable[[int, np.random.Generator], Recipe]


@dataclass(frozen=True)
class Clip:
    """One clip of the suite: what it is called, how it is made, and the seed of all that is random in it."""

    condition: str
    group: Group
    number: int
    recipe: Recipe
    seed: int

    @property
    def name(self) -> str:
        """Unique within the suite."""
        return f"{self.condition}-{self.number:03d}"


def clips(each: int, chosen: tuple[str, ...] = (), seed: int = 2026, duration_s: float = 20.0) -> list[Clip]:
    """``each`` clips of every condition, or of those ``chosen`` by name; equal seeds give equal clips.

    Raises ValueError for a name that no condition has.
    """
    unknown = set(chosen) - {condition.name for condition in CONDITIONS}
    if unknown:
        raise ValueError(f"No condition is called {', '.join(sorted(unknown))}.")
    made = []
    for place, condition in enumerate(CONDITIONS):
        if chosen and condition.name not in chosen:
            continue
        for number in range(each):
            chance = np.random.default_rng([seed, place, number])
            recipe = condition.recipe(number, chance)
            recipe = replace(recipe, scene=replace(recipe.scene, duration_s=duration_s))
            made.append(Clip(condition.name, condition.group, number, recipe, int(chance.integers(2**31))))
    return made


def _person(
    number: int, chance: np.random.Generator, bpm: float | None = None, tone: int | None = None
) -> PersonSettings:
    """A heart between 50 and 120 bpm in a skin that all four tones take in turn."""
    tone = number % len(SKIN_TONES) if tone is None else tone
    pulse = PulseSettings(
        bpm=chance.uniform(50, 120) if bpm is None else bpm,
        wander_bpm=chance.uniform(0.3, 1.5),
        breaths_per_min=chance.uniform(11, 20),
        sinus_arrhythmia=chance.uniform(0.0, 0.03),
        amplitude_modulation=chance.uniform(0.05, 0.25),
        baseline=chance.uniform(0.0, 0.3),
    )
    return PersonSettings(pulse, tone=tone, pulsation=chance.uniform(*SKIN_TONES[tone].pulsation))


def _still(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance),)))


def _of_tone(tone: int) -> Callable[[int, np.random.Generator], Recipe]:
    return lambda number, chance: Recipe(SceneSettings((_person(number, chance, tone=tone),)))


_RATES: Final = (45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 200.0)


def _rates(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance, bpm=_RATES[number % len(_RATES)]),)))


def _moving(pixels: float) -> Callable[[int, np.random.Generator], Recipe]:
    def recipe(number: int, chance: np.random.Generator) -> Recipe:
        """A body that sways as bodies do, below 0.7 Hz (42 bpm): its second harmonic is within a pulse's band."""
        return Recipe(SceneSettings((_person(number, chance),), motion_px=pixels, sway_hz=chance.uniform(0.15, 0.7)))

    return recipe


def _noise(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance),), camera=CameraSettings(noise=chance.uniform(5, 8))))


def _low_light(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance),), brightness=0.3, camera=CameraSettings(noise=3.0)))


def _half_the_frames(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance),), camera=CameraSettings(frames_per_second=15.0)))


def _uneven_frames(number: int, chance: np.random.Generator) -> Recipe:
    return Recipe(SceneSettings((_person(number, chance),), camera=CameraSettings(jitter=0.3)))


def _dropped_frames(number: int, chance: np.random.Generator) -> Recipe:
    lost = tuple((start, start + chance.uniform(0.2, 0.6)) for start in chance.uniform(1, 18, 3))
    return Recipe(SceneSettings((_person(number, chance),), lost_s=lost, camera=CameraSettings(dropped=0.1)))


def _two_faces(number: int, chance: np.random.Generator) -> Recipe:
    patient = _person(number, chance)
    visitor = _person(number + 2, chance, bpm=patient.pulse.bpm + chance.choice([-1, 1]) * chance.uniform(15, 25))
    people = (
        replace(patient, at=(110.0, 125.0)),
        replace(visitor, at=(365.0, 130.0), scale=0.8, mirrored=True),
    )
    return Recipe(SceneSettings(people, width=480, motion_px=2.0))


def _leaves_and_returns(number: int, chance: np.random.Generator) -> Recipe:
    left = chance.uniform(6, 8)
    person = replace(_person(number, chance), away_s=((left, left + chance.uniform(1.5, 4)),))
    return Recipe(SceneSettings((person,), motion_px=2.0))


def _coded(low: int, high: int, preset: str) -> Callable[[int, np.random.Generator], Recipe]:
    def recipe(number: int, chance: np.random.Generator) -> Recipe:
        coding = Coding(quality=int(chance.integers(low, high + 1)), preset=preset, key_frames_s=chance.uniform(1, 4))
        return Recipe(SceneSettings((_person(number, chance),), motion_px=chance.uniform(0.3, 4)), coding)

    return recipe


def _pulse_like_movement(number: int, chance: np.random.Generator) -> Recipe:
    """The adversary: a head that nods at a rate which could be its pulse."""
    person = _person(number, chance)
    return Recipe(SceneSettings((person,), motion_px=chance.uniform(4, 12), sway_hz=chance.uniform(0.8, 2.0)))


def _photograph(number: int, chance: np.random.Generator) -> Recipe:
    """No pulse at all: a portrait held before the camera. Whatever rate is given is wrong."""
    portrait = replace(_person(number, chance), pulsation=0.0)
    return Recipe(SceneSettings((portrait,), motion_px=chance.uniform(0.3, 8), sway_hz=chance.uniform(0.2, 1.5)))


CONDITIONS: Final = (
    Condition("still", Group.CLEAN, _still),
    Condition("rate_45_to_200", Group.CLEAN, _rates),
    *(Condition(f"skin_{tone.name}", Group.CLEAN, _of_tone(place)) for place, tone in enumerate(SKIN_TONES)),
    Condition("two_faces", Group.CLEAN, _two_faces),
    Condition("motion_4px", Group.MOTION, _moving(4.0)),
    Condition("motion_12px", Group.MOTION, _moving(12.0)),
    Condition("noise", Group.HARD, _noise),
    Condition("low_light", Group.HARD, _low_light),
    Condition("fps_15", Group.HARD, _half_the_frames),
    Condition("variable_frame_rate", Group.HARD, _uneven_frames),
    Condition("dropped_frames", Group.HARD, _dropped_frames),
    Condition("leaves_and_returns", Group.HARD, _leaves_and_returns),
    Condition("h264_good", Group.HARD, _coded(6, 14, "veryfast")),
    Condition("h264_low_bitrate", Group.HARD, _coded(23, 34, "veryfast")),
    Condition("photograph", Group.HARD, _photograph),
    Condition("motion_at_pulse_rate", Group.HARD, _pulse_like_movement),
)
