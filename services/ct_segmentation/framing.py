"""Where the head lies: one square per volume, scaled to the network's input, and back to the native grid.

Training on PNG slices without a known pixel size and serving DICOM use the same functions, so that the network sees
heads of one size whatever the scanner's field of view was.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

INPUT_SIZE = 256

# Brain and skull lie above; air and fat lie at 0 in the window. 13 of 255 are 4 HU: under cerebrospinal fluid.
_TISSUE = 13
# A head holder or table is an arc about 2 % of the image wide; a head is far thicker.
_THIN_FRACTION = 1 / 40
# Slices through the vertex or the neck say little about the size of the head; the largest may be a failed one.
_LARGE_SLICE = 0.6
_LARGEST_PERCENTILE = 85
_MARGIN = 1.04


@dataclass(frozen=True)
class Frame:
    """A square of the native in-plane grid; it may reach over the border, where air is assumed."""

    top: int
    left: int
    side: int
    shape: tuple[int, int]

    def crop(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut (H, W) to the square and scale it to (256, 256)."""
        square = np.zeros((self.side, self.side), np.uint8)
        native, framed = self._overlap()
        square[framed] = image[native]
        # Area averaging keeps thin oedema when shrinking; it would make blocks when enlarging.
        method = cv2.INTER_AREA if self.side > INPUT_SIZE else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(square, (INPUT_SIZE, INPUT_SIZE), interpolation=method), np.uint8)

    def restore(self, framed_image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Put (256, 256) back into the native grid (H, W); what lies outside the square is 0."""
        square = cv2.resize(framed_image, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        image = np.zeros(self.shape, np.uint8)
        native, framed = self._overlap()
        image[native] = square[framed]
        return image

    def _overlap(self) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """The part of the square inside the image, in the image's and in the square's indices."""
        height, width = self.shape
        top, left = max(self.top, 0), max(self.left, 0)
        bottom, right = min(self.top + self.side, height), min(self.left + self.side, width)
        native = (slice(top, bottom), slice(left, right))
        framed = (slice(top - self.top, bottom - self.top), slice(left - self.left, right - self.left))
        return native, framed


# For slices that were framed before.
AS_FRAMED = Frame(0, 0, INPUT_SIZE, (INPUT_SIZE, INPUT_SIZE))


def find_frame(windowed: NDArray[np.uint8]) -> Frame:
    """The square around the head of a windowed volume (S, H, W); the whole image where no head is found.

    The square's centre is the median over the large slices and its side their 90th percentile: one odd slice, a
    pillow or a head holder does not move it.
    """
    height, width = windowed.shape[1:]
    boxes = np.array([_head_box(image) for image in windowed], np.float64)  # (S, 5): area, top, left, bottom, right
    largest = float(np.percentile(boxes[:, 0], _LARGEST_PERCENTILE))
    if largest < 0.01 * height * width:
        side = max(height, width)
        return Frame((height - side) // 2, (width - side) // 2, side, (height, width))
    large = boxes[boxes[:, 0] >= _LARGE_SLICE * largest]
    _, top, left, bottom, right = large.T
    side = max(round(_MARGIN * float(np.percentile(np.maximum(bottom - top, right - left), 90))), 8)
    centre_row, centre_column = float(np.median(top + bottom)) / 2, float(np.median(left + right)) / 2
    return Frame(round(centre_row - side / 2), round(centre_column - side / 2), side, (height, width))


def _head_box(image: NDArray[np.uint8]) -> tuple[int, int, int, int, int]:
    """Area and box (top, left, bottom, right) of the largest thick object of a windowed slice (H, W)."""
    thin = max(round(_THIN_FRACTION * max(image.shape)), 3)
    tissue = (image >= _TISSUE).astype(np.uint8)
    # The skull's outline is filled first: opening would eat the skull of a slice with much dark air or fluid inside.
    outlines, _ = cv2.findContours(tissue, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(tissue.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    opened = cv2.morphologyEx(filled, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thin, thin)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return 0, 0, 0, 0, 0
    left, top, box_width, box_height, area = (int(v) for v in stats[1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])])
    return area, top, left, top + box_height, left + box_width
