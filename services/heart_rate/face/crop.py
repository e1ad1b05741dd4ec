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
        (x, y), (width, height) = (centre - size / 2).tolist(), size.tolist()
        # Whole pixels are averaged first, which is fast; then about one in each direction is left for each cell.
        shrink = max(1, int(min(width / ACROSS, height / DOWN)))
        part, left, top = _around(image, x, y, width, height, shrink)
        x, y = (x - left) / shrink, (y - top) / shrink
        right, down = width / (ACROSS * shrink), height / (DOWN * shrink)
        # The middle of the first pixel is at 0 here, and at a half in boxes.
        placed = np.array([[right, 0, x + right / 2 - 0.5], [0, down, y + down / 2 - 0.5]])
        # With a fourth channel the same numbers come in less than half the time: four bytes fit the processor's lanes.
        cells = cv2.warpAffine(
            cv2.cvtColor(part, cv2.COLOR_RGB2RGBA),
            placed,
            (ACROSS, DOWN),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        colours = np.asarray(cv2.cvtColor(cells, cv2.COLOR_RGBA2RGB), np.uint8)
        return cls(colours, np.array([width / ACROSS, height / DOWN]))

    def grey(self) -> NDArray[np.float32]:
        """(DOWN, ACROSS) brightness."""
        return np.asarray(cv2.cvtColor(self.colours, cv2.COLOR_RGB2GRAY), np.float32)


def _around(
    image: NDArray[np.uint8], x: float, y: float, width: float, height: float, by: int
) -> tuple[NDArray[np.uint8], int, int]:
    """The part of ``image`` that holds the box, with a margin, as means of ``by`` x ``by`` pixels; its left and top.

    It begins at multiples of ``by``, so that a resting face is always averaged over the same pixels.
    """
    (left, columns), (top, rows) = (
        _stretch(begin, length, side, by)
        for begin, length, side in ((x, width, image.shape[1]), (y, height, image.shape[0]))
    )
    part = image[top : top + rows * by, left : left + columns * by]
    if by == 1:
        return part, left, top
    return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8), left, top


def _stretch(begin: float, length: float, side: int, by: int) -> tuple[int, int]:
    """Where to begin, and how many steps of ``by`` to take, to cover a stretch as far as it is within ``side``.

    Of a stretch beyond the side it is the one step that is nearest.
    """
    last = side // by - 1
    first = min(max(int(begin // by) - 1, 0), last)
    return first * by, max(min(int((begin + length) // by) + 2, last + 1) - first, 1)
