"""The grid on which the network looks: square pixels and slices about as thick as those it was trained on."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.contracts.ct import Peculiarity

T = TypeVar("T", np.uint8, np.float32)

# The training scans have slices of about 5 mm. Thin ones are several times noisier, and take as many times longer.
TRAINED_SLICE_MM = 5.0
SQUARE_WITHIN = 0.01


@dataclass(frozen=True)
class NetworkGrid:
    """How a view is averaged for the network, and how its predictions come back.

    ``starts`` are the first slices of the slabs that are averaged; ``height`` and ``width`` the in-plane size with
    square pixels; ``shape`` the view's own (S, H, W).
    """

    starts: tuple[int, ...]
    height: int
    width: int
    shape: tuple[int, int, int]
    peculiarities: tuple[Peculiarity, ...] = ()

    def average(self, hu: NDArray[np.int16]) -> NDArray[np.int16]:
        """Average ``hu`` (S, H, W) over the slabs and square its pixels: int16 (len(starts), height, width)."""
        slabs = np.empty((len(self.starts), self.height, self.width), np.int16)
        for index, (start, stop) in enumerate(self._spans()):
            mean = hu[start:stop].mean(axis=0, dtype=np.float32) if stop > start + 1 else hu[start].astype(np.float32)
            slabs[index] = np.rint(_resize(mean, self.height, self.width))
        return slabs

    def spread(self, probabilities: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring predictions of the slabs back to the view's (S, H, W), linearly between the slabs' centres."""
        slices, height, width = self.shape
        centres = [(start + stop - 1) / 2 for start, stop in self._spans()]
        places = np.interp(np.arange(slices), centres, np.arange(len(centres)))  # (S,) in slabs
        result = np.empty(self.shape, np.uint8)
        planes = [_resize(plane, height, width) for plane in probabilities]
        for k, place in enumerate(places):
            below, weight = int(place), float(place % 1)
            above = planes[min(below + 1, len(planes) - 1)]
            result[k] = cv2.addWeighted(planes[below], 1 - weight, above, weight, 0) if weight else planes[below]
        return result

    def repeat(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give every slice of the view the score of its slab: (len(starts),) -> (S,)."""
        return np.repeat(scores, [stop - start for start, stop in self._spans()])

    def _spans(self) -> list[tuple[int, int]]:
        return list(zip(self.starts, (*self.starts[1:], self.shape[0]), strict=True))


def _resize(plane: NDArray[T], height: int, width: int) -> NDArray[T]:
    if plane.shape == (height, width):
        return plane
    return np.asarray(cv2.resize(plane, (width, height)), plane.dtype)


def network_grid(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> NetworkGrid:
    """The network's grid for a view of ``shape`` (S, H, W) and ``spacing_mm`` (slice, row, column).

    Slabs hold as many slices as fit into 5 mm; a remainder joins the last slab when it is under half of one.
    """
    slices, height, width = shape
    slice_mm, row_mm, column_mm = spacing_mm
    per_slab = max(1, int(TRAINED_SLICE_MM / slice_mm + SQUARE_WITHIN))
    starts = list(range(0, slices, per_slab))
    if len(starts) > 1 and slices - starts[-1] < per_slab / 2:
        starts.pop()
    named = []
    if per_slab > 1:
        detail = f"Slices of {slice_mm:.2f} mm were averaged by {per_slab} for the network, which was trained on 5 mm."
        named.append(Peculiarity(code="thin_slices", detail=detail))
    finest = min(row_mm, column_mm)
    if abs(row_mm - column_mm) > SQUARE_WITHIN * finest:
        height, width = round(height * row_mm / finest), round(width * column_mm / finest)
        detail = f"Pixels are {row_mm:.3f} mm high and {column_mm:.3f} mm wide; the network saw them made square."
        named.append(Peculiarity(code="anisotropic_pixels", detail=detail))
    return NetworkGrid(tuple(starts), height, width, shape, tuple(named))
