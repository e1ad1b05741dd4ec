"""A generated person: a public-domain portrait, its skin recoloured to a tone, with a pulse painted into it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.generated.errors import PortraitMissingError
from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave
from services.heart_rate.generated.skin import SKIN_TONES, pulse_direction

# Of NASA's portrait of Eileen Collins as scikit-image packages it, 512 x 512: the part that holds head and shoulders.
_TOP, _BOTTOM, _LEFT, _RIGHT = 0, 300, 90, 350
# Outlines in the coordinates of the part: hair and head, neck and collar, shoulders.
_OUTLINES: Final = (
    ((62, 75), (70, 45), (95, 25), (120, 14), (160, 14), (190, 28), (208, 60), (208, 105), (195, 130), (186, 150),
     (172, 182), (140, 192), (108, 184), (88, 150), (82, 128), (66, 112)),
    ((88, 150), (172, 150), (214, 205), (214, 300), (25, 300), (25, 190), (50, 155)),
    ((0, 260), (40, 225), (215, 235), (260, 265), (260, 300), (0, 300)),
)  # fmt: skip
# Centre and radius of the face's parts, each of which pulsates in its own way; the last is all other skin.
_PARTS: Final = {
    "forehead": (138, 88, 30),
    "left_cheek": (112, 130, 22),
    "right_cheek": (162, 130, 22),
    "chin": (136, 170, 22),
}
# Where the light is mirrored: forehead, nose, cheek bones.
_HIGHLIGHTS: Final = ((128, 86, 12), (136, 120, 7), (108, 118, 9), (166, 118, 9))
# Cheeks: what the portrait's skin colour is measured on.
_CHEEKS: Final = (slice(120, 142), slice(100, 122))
# The face without ears and neck: centre, sides, angle.
_FACE: Final = ((134.0, 132.0), (96.0, 136.0), 0.0)
_FACE_WINDOW: Final = (slice(60, 205), slice(80, 190))
HEAD_CENTRE: Final = (136.0, 120.0)


@dataclass(frozen=True)
class PersonSettings:
    """One person. ``pulsation`` is the relative amplitude in green, 0 for a photograph held before the camera.

    ``scale`` is of the portrait (a face of 87 x 109 pixels), ``at`` (x, y) where the head is in the frame at rest,
    ``away_s`` the times between which the person is out of sight.
    """

    pulse: PulseSettings
    tone: int = 0
    pulsation: float = 0.006
    scale: float = 1.0
    at: tuple[float, float] = (160.0, 125.0)
    mirrored: bool = False
    away_s: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Person:
    """A layer to paint, and what is true of it.

    ``painted`` (H, W, 4) are the colours at rest, times the matte in the last channel. ``beating`` (K, h, w, 3) is what
    each of the K parts of the face (rows and columns ``face``) adds per unit of its wave (K, N), ``highlights`` (h, w)
    where it mirrors the light. ``bpm`` (N,) is the true rate, ``directions`` (K, 3) the colour of each part's pulse.
    """

    settings: PersonSettings
    painted: NDArray[np.float32]
    beating: NDArray[np.float32]
    highlights: NDArray[np.float32]
    waves: NDArray[np.float32]
    bpm: NDArray[np.float64]
    directions: NDArray[np.float64]

    @classmethod
    def dress(cls, settings: PersonSettings, times_s: NDArray[np.float64], chance: np.random.Generator) -> "Person":
        """The person of ``settings`` at ``times_s`` (N,); equal states of ``chance`` give equal persons.

        Each part of the face has its own direction of the pulse's colour (3,), its own amplitude and its own delay: no
        method's assumed direction is the truth.
        """
        portrait, skin, matte = _portrait()
        tone = np.array(SKIN_TONES[settings.tone].colour) * chance.uniform(0.95, 1.05, 3)
        ratio = tone / portrait[_CHEEKS].reshape(-1, 3).mean(axis=0)
        colours = portrait * (1 + skin[..., None] * (ratio - 1))
        parts = _parts(skin)  # (K, H, W)
        directions = pulse_direction(chance) * chance.uniform(0.8, 1.2, (len(parts), 3))
        amplitudes = settings.pulsation * chance.uniform(0.6, 1.3, len(parts))
        pulse = pulse_wave(settings.pulse, times_s, chance)
        # The wave reaches the chin some 10 to 30 ms after the forehead.
        delays = chance.uniform(0, 0.03, len(parts))
        waves = np.stack([np.interp(times_s - delay, times_s, pulse.wave) for delay in delays])
        beating = parts[..., None] * (amplitudes[:, None] * directions)[:, None, None] * colours
        return cls(
            settings,
            np.asarray(np.dstack([colours * matte[..., None], matte]), np.float32),
            np.asarray(beating[:, *_FACE_WINDOW], np.float32),
            np.asarray((_highlights() * skin)[_FACE_WINDOW], np.float32),
            np.asarray(waves, np.float32),
            pulse.bpm,
            directions,
        )

    def layer(self, frame: int, mirrored_light: float) -> NDArray[np.float32]:
        """Colours and matte (H, W, 4) in ``frame``, with ``mirrored_light`` levels of white on the highlights."""
        layer = self.painted.copy()
        layer[_FACE_WINDOW][..., :3] += np.tensordot(self.waves[:, frame], self.beating, axes=1)
        layer[_FACE_WINDOW][..., :3] += (mirrored_light * self.highlights)[..., None]
        return layer


@lru_cache(maxsize=1)
def _portrait() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Head and shoulders (H, W, 3), how much of each pixel is skin (H, W), and what of it is the person (H, W)."""
    try:
        from skimage.data import astronaut
    except ImportError as error:
        raise PortraitMissingError(
            "The generated videos need the portrait that scikit-image packages; install the extra 'dev'."
        ) from error
    portrait = np.asarray(astronaut()[_TOP:_BOTTOM, _LEFT:_RIGHT], np.float32)
    matte = np.zeros(portrait.shape[:2], np.float32)
    for outline in _OUTLINES:
        cv2.fillPoly(matte, [np.array(outline, np.int32)], [1.0])
    # Skin is redder than grey and blue, and brighter than hair; below the chin the suit begins.
    red, green, blue = np.moveaxis(portrait, -1, 0)
    sure = (red > 1.1 * green) & (red < 1.75 * blue) & (red > 130)
    face = np.zeros_like(matte)
    cv2.ellipse(face, _FACE, 1.0, -1)
    shiny = _highlights() > 0.4
    sure = cv2.morphologyEx(((sure | shiny) & (face > 0)).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    skin = cv2.GaussianBlur(sure.astype(np.float32), (0, 0), 1.2)
    return portrait, np.asarray(skin, np.float32), np.asarray(cv2.GaussianBlur(matte, (0, 0), 1.5), np.float32)


def _parts(skin: NDArray[np.float32]) -> NDArray[np.float32]:
    """``skin`` (H, W) divided among the parts of the face and the rest, (K, H, W)."""
    named = np.stack([_blob(x, y, radius) for x, y, radius in _PARTS.values()])
    rest = np.full_like(named[:1], 0.15)
    parts = np.concatenate([named, rest])
    return np.asarray(skin * parts / parts.sum(axis=0), np.float32)


def _highlights() -> NDArray[np.float32]:
    return np.asarray(np.stack([_blob(x, y, radius) for x, y, radius in _HIGHLIGHTS]).max(axis=0))


def _blob(x: float, y: float, radius: float) -> NDArray[np.float32]:
    rows, columns = np.mgrid[: _BOTTOM - _TOP, : _RIGHT - _LEFT]
    return np.asarray(np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / radius**2), np.float32)
