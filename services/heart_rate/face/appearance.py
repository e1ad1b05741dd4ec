"""What a face looks like, so that one who returns is known again and another is not taken for them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.crop import ACROSS, DOWN, FaceCrop

_SIDE = 24
# A face that left and returned keeps these with itself over pose and light; doubt makes it another person, whose pulse
# is then never joined to the first.
LEAST_LIKENESS = 0.7
MOST_CHROMA_DISTANCE = 10.0
MOST_SIZE_RATIO = 1.6


@dataclass(frozen=True)
class Appearance:
    """``pattern`` (576,) of brightness without mean and of unit length, median ``chroma`` (2,) Cr, Cb; ``width``."""

    pattern: NDArray[np.float32]
    chroma: NDArray[np.float64]
    width: float

    @classmethod
    def of(cls, crop: FaceCrop) -> "Appearance":
        """The appearance of the face in ``crop``."""
        small = cv2.resize(crop.grey(), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).ravel()
        small = small - small.mean()
        middle = crop.colours[DOWN // 4 : 3 * DOWN // 4, ACROSS // 4 : 3 * ACROSS // 4]
        chroma = cv2.cvtColor(middle, cv2.COLOR_RGB2YCrCb)[..., 1:].reshape(-1, 2)
        pattern = small / max(float(np.linalg.norm(small)), 1e-6)
        return cls(np.asarray(pattern, np.float32), np.median(chroma, axis=0), float(crop.cell[0]) * ACROSS)

    def resembles(self, other: "Appearance") -> bool:
        """Whether both may be the same person."""
        likeness = float(self.pattern @ other.pattern)
        distance = float(np.linalg.norm(self.chroma - other.chroma))
        ratio = max(self.width, other.width) / min(self.width, other.width)
        return likeness >= LEAST_LIKENESS and distance <= MOST_CHROMA_DISTANCE and ratio <= MOST_SIZE_RATIO
