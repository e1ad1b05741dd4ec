"""Generated disturbances: a face that moves, and light that changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.generated.pulse_wave import wandering

# In face widths: how far a region moves until the light meets it at quite another angle.
_RADIUS = 0.2


@dataclass(frozen=True)
class MotionSettings:
    """How a face moves, in face widths, and how far its colours follow.

    ``wander`` is slow; ``sway`` periodic at ``sway_bpm``, the adversary of every pulse estimate; ``jumps`` are sudden.
    ``detector`` is the detector's own jitter, which moves no skin. A movement of one face width changes shade
    (brightness) by ``shading`` and the specular part by ``specular``, each region in its own way.
    """

    wander: float = 0.0
    sway: float = 0.0
    sway_bpm: float = 60.0
    sway_spread: float = 0.0
    jumps: int = 0
    detector: float = 0.0
    shading: float = 0.5
    specular: float = 0.1


@dataclass(frozen=True)
class Motion:
    """``displacement`` (N, 2) as a tracker sees it and ``size_change`` (N,); ``shade`` and ``specular`` (R, N, 3)."""

    displacement: NDArray[np.float64]
    size_change: NDArray[np.float64]
    shade: NDArray[np.float64]
    specular: NDArray[np.float64]


@dataclass(frozen=True)
class LightSettings:
    """Relative change of the light: a slow drift, and a ``flicker`` at ``flicker_bpm``, as of a screen.

    ``tint`` is how far the changing light differs from white; ``seen_behind`` how much of it the background shows.
    """

    drift: float = 0.0
    flicker: float = 0.0
    flicker_bpm: float = 80.0
    steps: int = 0
    tint: float = 0.0
    seen_behind: float = 1.0


@dataclass(frozen=True)
class Light:
    """Relative light ``on_face`` (R, N, 3) and ``behind`` it (N, 3)."""

    on_face: NDArray[np.float64]
    behind: NDArray[np.float64]


def motion(settings: MotionSettings, times_s: NDArray[np.float64], regions: int, chance: np.random.Generator) -> Motion:
    """The motion of ``settings`` at ``times_s`` (N,)."""
    count = len(times_s)
    courses = np.zeros((3, count))  # x, y and size
    courses += (
        settings.wander
        * np.stack([wandering(times_s, scale, chance) for scale in (1.5, 1.5, 3.0)])
        * [[1.0], [0.7], [0.3]]
    )
    swaying = swinging(settings.sway_bpm, settings.sway_spread, times_s, chance)
    courses += settings.sway * swaying * chance.uniform(-1, 1, (3, 1)) * [[1.0], [1.0], [0.2]]
    for _ in range(settings.jumps):
        courses += (
            0.1
            * chance.standard_normal((3, 1))
            / (1 + np.exp(-(times_s - chance.uniform(times_s[0], times_s[-1])) / 0.1))
        )
    gains = chance.standard_normal((2, regions, 3))  # how shade and gloss of each region follow x, y and size
    # What is common to all regions (the whole face turning to the lamp), and what is each one's own.
    gains = 0.6 * gains + 0.8 * chance.standard_normal((2, 1, 3))
    # Cheeks are round: shade follows place on a curve of its own in each region, not on a line.
    bends = 1.0 + chance.standard_normal((regions, 3, 1)) * courses / _RADIUS
    shade = settings.shading * (gains[0][..., None] * courses * bends).sum(axis=1)
    gloss = settings.specular * np.abs(gains[1] @ courses)
    # Skin that comes into a region and leaves it is of another colour, not only darker.
    hue = 1.0 + 0.15 * chance.standard_normal((regions, 1, 3))
    lamp = 1.0 + 0.15 * chance.standard_normal(3)
    seen = courses[:2].T + settings.detector * chance.standard_normal((count, 2))
    return Motion(seen, courses[2], shade[..., None] * hue, gloss[..., None] * lamp)


def light(settings: LightSettings, times_s: NDArray[np.float64], regions: int, chance: np.random.Generator) -> Light:
    """The light of ``settings`` at ``times_s`` (N,)."""
    course = settings.drift * wandering(times_s, 4.0, chance)
    course += settings.flicker * swinging(settings.flicker_bpm, 0.02, times_s, chance)
    for _ in range(settings.steps):
        course += 0.05 * chance.standard_normal() * (times_s > chance.uniform(times_s[0], times_s[-1]))
    colour = 1.0 + settings.tint * chance.standard_normal(3)
    change = course[:, None] * colour
    falls = chance.uniform(0.5, 1.2, (regions, 1, 1))
    return Light(1 + falls * change, 1 + settings.seen_behind * change)


def swinging(
    bpm: float, spread: float, times_s: NDArray[np.float64], chance: np.random.Generator
) -> NDArray[np.float64]:
    """A periodic course (N,) of amplitude 1 at ``bpm``, whose rate wanders by ``spread`` (relative)."""
    fine = np.arange(times_s[0], times_s[-1] + 0.02, 0.01)
    rate = bpm / 60 * (1 + spread * wandering(fine, 3.0, chance))
    phase = np.cumsum(rate) * 0.01 + chance.uniform()
    course = np.sin(2 * np.pi * phase) + 0.3 * np.sin(4 * np.pi * phase + chance.uniform(0, 2 * np.pi))
    return np.interp(times_s, fine, course)
