"""A generated scene: people before a wall, how they move, and the light and the sensor that make frames of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.generated.camera import CameraSettings, frame_times
from services.heart_rate.generated.person import HEAD_CENTRE, Person, PersonSettings
from services.heart_rate.generated.pulse_wave import wandering


@dataclass(frozen=True)
class SceneSettings:
    """One recording. The first of ``people`` is the patient.

    ``motion_px`` is the amplitude of the heads' movement: half of it wanders slowly, half sways at ``sway_hz``.
    ``shading`` is how much brighter the right edge of the scene is than the left, ``specular`` how many levels of white
    a highlight gains for every 10 pixels of movement. ``lost_s`` are times in which no frame comes. Of ``camera``, the
    rate, the jitter, the dropped frames and the noise of one pixel count here.
    """

    people: tuple[PersonSettings, ...]
    duration_s: float = 20.0
    width: int = 320
    height: int = 240
    motion_px: float = 0.3
    sway_hz: float = 0.3
    shading: float = 0.3
    specular: float = 6.0
    brightness: float = 1.0
    lost_s: tuple[tuple[float, float], ...] = ()
    camera: CameraSettings = field(default_factory=CameraSettings)


@dataclass(frozen=True)
class Scene:
    """What is true of it, ``times_s`` (N,) of the frames and ``bpm`` (N,) of the patient; and the frames themselves."""

    settings: SceneSettings
    times_s: NDArray[np.float64]
    people: tuple[Person, ...]
    displacements: tuple[NDArray[np.float64], ...]  # (N, 2) pixels, of each person
    seed: int

    @classmethod
    def stage(cls, settings: SceneSettings, seed: int) -> "Scene":
        """The scene of ``settings``; equal seeds give equal scenes."""
        chance = np.random.default_rng(seed)
        times = frame_times(settings.duration_s, settings.camera, chance)
        for start, end in settings.lost_s:
            times = times[(times < start) | (times >= end)]
        people = tuple(Person.dress(person, times, chance) for person in settings.people)
        return cls(settings, times, people, tuple(_movement(settings, times, chance) for _ in people), seed)

    @property
    def bpm(self) -> NDArray[np.float64]:
        """The patient's true rate (N,) at each frame, NaN while they are out of sight."""
        patient = self.people[0]
        away = [(self.times_s >= start) & (self.times_s < end) for start, end in patient.settings.away_s]
        return np.where(np.any(away, axis=0), np.nan, patient.bpm) if away else patient.bpm

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """Every frame (H, W, 3) RGB."""
        chance = np.random.default_rng([self.seed, 1])
        wall = _wall(self.settings, chance)
        across = np.linspace(-0.5, 0.5, self.settings.width, dtype=np.float32)
        light = (1 + self.settings.shading * across)[None, :, None] * np.float32(self.settings.brightness)
        for frame, time_s in enumerate(self.times_s):
            picture = wall
            for person, displacement in zip(self.people, self.displacements, strict=True):
                if not any(start <= time_s < end for start, end in person.settings.away_s):
                    picture = self._painted(picture, person, displacement[frame], frame)
            noise = chance.standard_normal(picture.shape, np.float32) * np.float32(self.settings.camera.noise)
            yield np.asarray(np.rint(picture * light + noise).clip(0, 255), np.uint8)

    def _painted(
        self, picture: NDArray[np.float32], person: Person, displacement: NDArray[np.float64], frame: int
    ) -> NDArray[np.float32]:
        """``picture`` with the person in front, their head moved by ``displacement`` (2,) pixels."""
        layer = person.layer(frame, self.settings.specular * float(displacement[0]) / 10)
        scale = person.settings.scale
        across = -scale if person.settings.mirrored else scale
        at = np.array(person.settings.at) + displacement
        placed = np.array([[across, 0, at[0] - across * HEAD_CENTRE[0]], [0, scale, at[1] - scale * HEAD_CENTRE[1]]])
        # Shrinking by linear interpolation would alias; the portrait is never enlarged or shrunk by more than a third.
        size = (self.settings.width, self.settings.height)
        warped = np.asarray(cv2.warpAffine(layer, placed, size, flags=cv2.INTER_LINEAR), np.float32)
        return warped[..., :3] + (1 - warped[..., 3:]) * picture


def _movement(
    settings: SceneSettings, times_s: NDArray[np.float64], chance: np.random.Generator
) -> NDArray[np.float64]:
    """Displacements (N, 2) in pixels: mostly sideways, as heads turn and bodies sway."""
    slow = np.column_stack([wandering(times_s, 3.0, chance), 0.5 * wandering(times_s, 3.0, chance)]) / 2
    angle = 2 * np.pi * settings.sway_hz * times_s + chance.uniform(0, 2 * np.pi)
    sway = np.column_stack([np.sin(angle), 0.4 * np.sin(angle + 1.0)])
    return np.asarray(settings.motion_px * 0.5 * (slow.clip(-1, 1) + sway))


def _wall(settings: SceneSettings, chance: np.random.Generator) -> NDArray[np.float32]:
    """A plain wall with stains and a few edges (H, W, 3)."""
    size = (settings.width, settings.height)
    stains = cv2.resize(chance.standard_normal((6, 8)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    wall = np.array([150, 158, 160], np.float32) + 8 * stains[..., None]
    for _ in range(4):
        left, top = (int(chance.integers(0, side)) for side in size)
        colour = chance.uniform(60, 200, 3)
        cv2.rectangle(wall, (left, top), (left + 40, top + 30), colour.tolist(), -1)
    return np.asarray(wall, np.float32)
