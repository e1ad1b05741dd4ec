"""The skin regions of a face, as parts of the grid that its box is read on."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.crop import ACROSS, DOWN
from services.heart_rate.traces import REGIONS

# x0, y0, x1, y1 as shares of the detector's box, which reaches from the hairline to the chin; left and right as the
# viewer sees them. Eyes (y 0.28 to 0.45), nostrils and mouth (0.58 to 0.80 in the middle) stay outside: they move.
BOUNDS = {
    "forehead": (0.20, 0.06, 0.80, 0.27),
    "left_cheek": (0.08, 0.46, 0.36, 0.70),
    "right_cheek": (0.64, 0.46, 0.92, 0.70),
    "chin": (0.28, 0.80, 0.72, 0.96),
}
# Cheeks and nose: the part of any face that is surely skin, whatever hair, glasses or beard it has.
_SURE = (0.20, 0.44, 0.80, 0.64)


def region_cells() -> NDArray[np.bool_]:
    """Which cells belong to which of ``REGIONS``, (R, DOWN, ACROSS)."""
    return np.stack([_cells(BOUNDS[name]) for name in REGIONS])


def sure_cells() -> NDArray[np.bool_]:
    """The cells (DOWN, ACROSS) from which a person's skin colour is learnt."""
    return _cells(_SURE)


def _cells(bounds: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    left, top, right, bottom = bounds
    across, down = (np.arange(ACROSS) + 0.5) / ACROSS, (np.arange(DOWN) + 0.5) / DOWN
    return ((down >= top) & (down < bottom))[:, None] & ((across >= left) & (across < right))[None, :]
