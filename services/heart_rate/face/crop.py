"""A face as a small grid of colours, always of the same size: by it a face is followed, and its skin is read."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Cells across and down a face. Each is a mean over several pixels of a usual face, so that nothing is thrown away.
ACROSS, DOWN = 64, 80


@dataclass(frozen=True)
class FaceCrop:
    """The grid of one face in one frame: ``colours`` (DOWN, ACROSS, 3) RGB.

    ``corner`` (2,) is where its upper left lies in the frame, and ``pixels`` (2,) how many of the frame's it covers,
    both x, y. A crop that reaches beyond the frame repeats the frame's edge.
    """

    colours: NDArray[np.uint8]
    corner: NDArray[np.intp]
    pixels: NDArray[np.intp]

    @classmethod
    def cut(cls, image: NDArray[np.uint8], centre: NDArray[np.float64], size: NDArray[np.float64]) -> "FaceCrop":
        """Cut the box of ``centre`` and ``size`` (2,) out of ``image`` (H, W, 3), at whole pixels."""
        corner, pixels = corner_of(centre, size), whole(size)
        (left, top), (width, height) = corner.tolist(), pixels.tolist()
        frame_height, frame_width = image.shape[:2]
        columns = slice(max(left, 0), min(left + width, frame_width))
        rows = slice(max(top, 0), min(top + height, frame_height))
        inside: NDArray[np.integer | np.floating] = image[rows, columns]  # as cv2 types what it returns
        if inside.shape[:2] != (height, width):
            inside = cv2.copyMakeBorder(
                inside,
                rows.start - top,
                top + height - rows.stop,
                columns.start - left,
                left + width - columns.stop,
                cv2.BORDER_REPLICATE,
            )
        colours = cv2.resize(inside, (ACROSS, DOWN), interpolation=cv2.INTER_AREA)
        return cls(np.asarray(colours, np.uint8), corner, pixels)

    @property
    def cell(self) -> NDArray[np.float64]:
        """How large a cell is (2,), x, y in pixels of the frame."""
        return np.asarray(self.pixels / np.array([ACROSS, DOWN]))

    @property
    def middle(self) -> NDArray[np.float64]:
        """Where its middle lies in the frame (2,)."""
        return np.asarray(self.corner + self.pixels / 2)

    def grey(self) -> NDArray[np.float32]:
        """(DOWN, ACROSS) brightness."""
        return np.asarray(cv2.cvtColor(self.colours, cv2.COLOR_RGB2GRAY), np.float32)


def corner_of(centre: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.intp]:
    """The whole pixel (2,) at which a crop of that box begins."""
    return np.asarray(np.rint(centre - whole(size) / 2), np.intp)


def whole(size: NDArray[np.float64]) -> NDArray[np.intp]:
    """The sides (2,) of a crop in whole pixels."""
    return np.maximum(np.rint(size), 2).astype(np.intp)
