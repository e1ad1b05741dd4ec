"""The colours of one person's skin regions from frame to frame."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.crop import FaceCrop
from services.heart_rate.skin.colour import SkinColour
from services.heart_rate.skin.regions import region_cells
from services.heart_rate.traces import REGIONS

# How fast the choice of cells follows a new look at the skin: slowly, since a cell that is taken in at once changes the
# mean at once, and the looks come at the rate of a pulse.
SETTLING_S = 1.0
# How far the skin's colour follows each look.
_LEARNING = 0.2
# A region of which less is skin (a fringe, a mask, a beard) tells of something else.
LEAST_SKIN = 0.15

_NEIGHBOURS = np.ones((3, 3), np.uint8)
# The cells of all regions, one region after the other (C,); where each begins in them (R,), and how many it has (R,).
_REGION_OF, _CELLS = np.nonzero(region_cells().reshape(len(REGIONS), -1))
_BEGINS = np.searchsorted(_REGION_OF, np.arange(len(REGIONS)))
_COUNTS = np.bincount(_REGION_OF)


@dataclass
class SkinSampler:
    """Chooses the skin cells of one person's face and averages them; made for one face of one clip."""

    _colour: SkinColour | None = None
    _chosen: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(_CELLS)))
    _wanted: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(_CELLS)))

    def look(self, crop: FaceCrop) -> None:
        """Choose the cells anew: the detector has just confirmed that this is the face."""
        seen = SkinColour.learn(crop.colours)
        skin = self._learnt(seen).skin(crop.colours).astype(np.uint8)
        # Not its edge, where a following that errs by a fraction of a cell would mix in hair or an eye.
        inner = cv2.erode(skin, _NEIGHBOURS)
        self._wanted = np.asarray(inner.ravel()[_CELLS], np.float64)
        if not self._chosen.any():
            self._chosen = self._wanted

    def read(self, crop: FaceCrop, seconds: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean RGB (R, 3) and number of the frame's pixels (R,) of each region, ``seconds`` after the last reading.

        NaN and 0 for a region that shows too little skin.
        """
        self._chosen = self._chosen + (1 - np.exp(-seconds / SETTLING_S)) * (self._wanted - self._chosen)
        cells = np.add.reduceat(self._chosen, _BEGINS)
        sums = np.add.reduceat(self._chosen[:, None] * crop.colours.reshape(-1, 3)[_CELLS], _BEGINS)
        enough = cells >= LEAST_SKIN * _COUNTS
        means = np.where(enough[:, None], sums / np.maximum(cells, 1)[:, None], np.nan)
        return means, np.where(enough, cells * crop.cell.prod(), 0.0)

    def _learnt(self, seen: SkinColour) -> SkinColour:
        self._colour = seen if self._colour is None else self._colour.towards(seen, _LEARNING)
        return self._colour
