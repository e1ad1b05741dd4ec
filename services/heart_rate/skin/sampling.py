"""The colours of one person's skin regions from frame to frame."""

import math
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
_SETTLED = 7.0  # times as long: less than a thousandth is left
# How far the skin's colour follows each look.
_LEARNING = 0.2
# A region of which less is skin (a fringe, a mask, a beard) tells of something else.
LEAST_SKIN = 0.15

_NEIGHBOURS = np.ones((3, 3), np.uint8)
# The cells of all regions (C,), to which region each belongs (R, C), and how many of each have to be skin (R,).
_REGION_OF, _CELLS = np.nonzero(region_cells().reshape(len(REGIONS), -1))
_MEMBERS = np.asarray(np.arange(len(REGIONS))[:, None] == _REGION_OF, np.float32)
_LEAST_CELLS = LEAST_SKIN * np.bincount(_REGION_OF)


@dataclass
class SkinSampler:
    """Chooses the skin cells of one person's face and averages them; made for one face of one clip."""

    _colour: SkinColour | None = None
    _chosen: NDArray[np.float32] = field(default_factory=lambda: np.zeros(len(_CELLS), np.float32))
    _wanted: NDArray[np.float32] = field(default_factory=lambda: np.zeros(len(_CELLS), np.float32))
    # By region and cell (R, C), and their sums (R,): how many cells are read.
    _weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros_like(_MEMBERS))
    _cells: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(_MEMBERS)))
    _settling_s: float = 0.0

    def look(self, crop: FaceCrop) -> None:
        """Choose the cells anew: the detector has just confirmed that this is the face."""
        seen = SkinColour.learn(crop.colours)
        skin = self._learnt(seen).skin(crop.colours).astype(np.uint8)
        # Not its edge, where a following that errs by a fraction of a cell would mix in hair or an eye.
        inner = cv2.erode(skin, _NEIGHBOURS)
        self._wanted = np.asarray(inner.ravel()[_CELLS], np.float32)
        self._settling_s = _SETTLED * SETTLING_S
        if not self._chosen.any():
            self._chosen = self._wanted

    def read(self, crop: FaceCrop, seconds: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean RGB (R, 3) and number of the frame's pixels (R,) of each region, ``seconds`` after the last reading.

        NaN and 0 for a region that shows too little skin.
        """
        if self._settling_s > 0:
            self._settling_s -= seconds
            part = np.float32(1 - math.exp(-seconds / SETTLING_S))
            self._chosen = self._chosen + part * (self._wanted - self._chosen)
            self._weights = _MEMBERS * self._chosen
            cells = np.asarray(_MEMBERS @ self._chosen, np.float64)
            self._cells = np.where(cells >= _LEAST_CELLS, cells, 0.0)
        colours = crop.colours.reshape(-1, 3).take(_CELLS, axis=0).astype(np.float32)
        sums = np.asarray(self._weights @ colours, np.float64)  # (R, 3)
        pixels = self._cells * float(crop.cell[0] * crop.cell[1])
        return sums / np.where(self._cells > 0, self._cells, np.nan)[:, None], pixels

    def _learnt(self, seen: SkinColour) -> SkinColour:
        self._colour = seen if self._colour is None else self._colour.towards(seen, _LEARNING)
        return self._colour
