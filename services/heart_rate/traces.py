"""What the signal code sees of a video: the mean colour of each skin region over time, and how it was taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# In this order along the regions' axis.
REGIONS = ("forehead", "left_cheek", "right_cheek", "chin")


@dataclass(frozen=True)
class VideoFacts:
    """What container and decoder tell. ``bits_per_pixel`` are of the coded stream; None where the container is silent.

    ``frames_repeated`` are decoded frames that equal the one before, ``gaps`` are intervals above 1.5 times the usual.
    """

    width: int
    height: int
    codec: str
    duration_s: float
    frames: int
    frames_per_second: float
    frames_repeated: int
    gaps: int
    bits_per_pixel: float | None


@dataclass(frozen=True)
class RegionTraces:
    """One face over N frames, R regions.

    ``times_s`` (N,) strictly rising presentation times. ``rgb`` (R, N, 3) mean colours of the skin pixels, 0 to 255,
    NaN where a region is not seen. ``pixels`` (R, N) how many skin pixels they are the mean of. ``centre`` (N, 2) and
    ``size`` (N,) of the face in pixels (x, y; width), NaN while no face is seen. ``background`` (N, 3) mean colour
    beside the face: what changes there is light, not pulse. ``video`` is None for traces that come from no file.
    """

    times_s: NDArray[np.float64]
    rgb: NDArray[np.float64]
    pixels: NDArray[np.float64]
    centre: NDArray[np.float64]
    size: NDArray[np.float64]
    background: NDArray[np.float64]
    video: VideoFacts | None = None

    def __len__(self) -> int:
        return len(self.times_s)
