"""A face as a small grid of colours, always of the same size: by it a face is followed, and its skin is read."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Cells across and down a face. Each is a mean over several pixels of a usual face, so that nothing is thrown away.
ACROSS, DOWN = 64, 80


@dataclass(frozen=True)
class FaceCrop:
    """The grid of one face in one frame: ``colours`` (DOWN, ACROSS, 3) RGB, each cell ``cell`` (2,) pixels large."""

    colours: NDArray[np.uint8]
    cell: NDArray[np.float64]

    @classmethod
    def cut(cls, image: NDArray[np.uint8], centre: NDArray[np.float64], size: NDArray[np.float64]) -> "FaceCrop":
        """Cut the box of ``centre`` and ``size`` (2,) x, y out of ``image`` (H, W, 3); beyond its edge it is repeated.

        The place is met within fractions of a pixel: at whole pixels, a region's edge would leap over what it borders
        on (an eye, a fringe) by up to a hundredth of the face, which changes its mean by more than a pulse does.
        """
        cell = size / (ACROSS, DOWN)
        # Points about a pixel apart, a whole number of them to a cell: every pixel counts, and whole ones are fast.
        each = max(1, round(float(cell.min())))
        step = cell / each
        # The middle of the first pixel is at 0 here, and at a half in boxes.
        corner = centre - size / 2 + step / 2 - 0.5
        points = cv2.warpAffine(
            image,
            np.array([[step[0], 0, corner[0]], [0, step[1], corner[1]]]),
            (ACROSS * each, DOWN * each),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        colours = points if each == 1 else cv2.resize(points, (ACROSS, DOWN), interpolation=cv2.INTER_AREA)
        return cls(np.asarray(colours, np.uint8), cell)

    def grey(self) -> NDArray[np.float32]:
        """(DOWN, ACROSS) brightness."""
        return np.asarray(cv2.cvtColor(self.colours, cv2.COLOR_RGB2GRAY), np.float32)
