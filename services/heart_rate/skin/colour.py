"""A person's skin colour, learnt from their own cheeks; a fixed range of colours would be that of some skins."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.skin.regions import sure_cells

# Median absolute deviations, scaled to standard deviations, that a cell may differ by; and at least so many levels,
# since the cheeks of an evenly lit face differ by less than a forehead in its own light does.
_SPREADS, _LEAST_SPREAD = 3.0, 6.0
_NORMAL = 1.4826
# Of the median brightness of the sure cells: shade and hair lie below, highlights and teeth above.
_DARKEST, _BRIGHTEST = 0.45, 1.6
# From here on a channel may be saturated: it shows no pulse.
_SATURATED = 250


@dataclass(frozen=True)
class SkinColour:
    """Median ``brightness``, and median and spread of ``chroma`` (2,) Cr, Cb, of one person's skin."""

    brightness: float
    chroma: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def learn(cls, colours: NDArray[np.uint8]) -> "SkinColour":
        """From the grid of one face, (DOWN, ACROSS, 3) RGB."""
        sure = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2YCrCb), np.float64)[sure_cells()]  # (S, 3)
        middle = np.median(sure, axis=0)
        spread = _NORMAL * np.median(np.abs(sure - middle), axis=0)
        return cls(float(middle[0]), middle[1:], spread[1:])

    def towards(self, other: "SkinColour", part: float) -> "SkinColour":
        """A ``part`` of the way to ``other``: light changes, a person does not."""
        return SkinColour(
            (1 - part) * self.brightness + part * other.brightness,
            (1 - part) * self.chroma + part * other.chroma,
            (1 - part) * self.spread + part * other.spread,
        )

    def skin(self, colours: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which cells (DOWN, ACROSS) of ``colours`` (DOWN, ACROSS, 3) RGB are skin of this person."""
        luma_and_chroma = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2YCrCb), np.float64)
        brightness, chroma = luma_and_chroma[..., 0], luma_and_chroma[..., 1:]
        near = (np.abs(chroma - self.chroma) <= np.maximum(_SPREADS * self.spread, _LEAST_SPREAD)).all(axis=-1)
        lit = (brightness >= _DARKEST * self.brightness) & (brightness <= _BRIGHTEST * self.brightness)
        return np.asarray(near & lit & (colours.max(axis=-1) < _SATURATED))
