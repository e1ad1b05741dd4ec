"""From the bins of a path to rates: the line that the path follows, between the bins."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.spectrum import peak_between_bins

# How far the line may lie from the path, which the slew limit holds back from following every wobble.
_AROUND_BPM: Final = 4.0


def refined(bpm: NDArray[np.float64], power: NDArray[np.float64], path: NDArray[np.int64]) -> NDArray[np.float64]:
    """The rate (W,) in bpm: the maximum of ``power`` (W, F) within 4 bpm of ``path`` (W,), between the bins.

    Where the maximum lies at the edge of that range there is no line in it, and the path itself is taken.
    """
    reach = max(1, int(_AROUND_BPM / (bpm[1] - bpm[0])))
    around = np.clip(path[:, None] + np.arange(-reach, reach + 1), 0, len(bpm) - 1)
    best = np.take_along_axis(power, around, axis=-1).argmax(axis=-1)
    inside = (best > 0) & (best < 2 * reach)
    at = np.where(inside, np.take_along_axis(around, best[:, None], axis=-1)[:, 0], path)
    return np.where(inside, peak_between_bins(bpm, power, at), bpm[path])
