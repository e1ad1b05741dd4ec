"""What lies beside a face: when its colour changes, the light changed and not the blood."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.boxes import Box

Patch = tuple[int, int, int, int]  # left, top, right, bottom, in whole pixels
# In box widths and heights from its edges, the best first: beyond hair and ears that sway by a fifth of the face, above
# the shoulders; then, beside a face that fills the picture, as near as a still one allows. At 0.35 of a face's width
# from it, hair moved in and out of the patches and passed for a change of light as regular as the sway.
_FAR = [[-1.15, 0.0, -0.6, 0.6], [1.6, 0.0, 2.15, 0.6], [0.0, -1.05, 1.0, -0.6]]
_NEAR = [[-0.9, 0.0, -0.35, 0.6], [1.35, 0.0, 1.9, 0.6], [0.0, -0.9, 1.0, -0.45]]
_PATCHES = np.array(_FAR + _NEAR)
# Above the head, and near, only where a side is missing.
_ENOUGH = 2
# Of a large patch some rows will do.
_ROWS = 32
# A patch of fewer pixels (mostly outside of the frame) says nothing.
_LEAST_PIXELS = 64


@dataclass
class Background:
    """Patches beside one face, which stay where they are until a face comes over them: what moves is no measure."""

    _patches: list[Patch] | None = None

    def read(self, image: NDArray[np.uint8], box: Box, faces: list[Box]) -> tuple[float, float, float]:
        """Mean RGB beside ``box``, away from all ``faces``; NaN where there is no room."""
        if self._patches is None or any(_touch(patch, face) for patch in self._patches for face in faces):
            height, width = image.shape[:2]
            self._patches = [
                patch
                for patch in _patches_beside(box, width, height)
                if _pixels(patch) >= _LEAST_PIXELS and not any(_touch(patch, face) for face in faces)
            ][:_ENOUGH]
        red = green = blue = total = 0.0
        for patch in self._patches:
            left, top, right, bottom = patch
            every = max(1, (bottom - top) // _ROWS)
            pixels, mean = _pixels(patch), cv2.mean(image[top:bottom:every, left:right])
            red, green, blue = red + pixels * mean[0], green + pixels * mean[1], blue + pixels * mean[2]
            total += pixels
        return (red / total, green / total, blue / total) if total else (math.nan, math.nan, math.nan)


def _patches_beside(box: Box, width: int, height: int) -> list[Patch]:
    corner, size = np.tile(box[:2], 2), np.tile([box[2] - box[0], box[3] - box[1]], 2)
    inside = np.rint(corner + _PATCHES * size).clip(0, [width, height, width, height])
    return [(left, top, right, bottom) for left, top, right, bottom in inside.astype(int).tolist()]


def _pixels(patch: Patch) -> int:
    left, top, right, bottom = patch
    return max(right - left, 0) * max(bottom - top, 0)


def _touch(patch: Patch, face: Box) -> bool:
    return patch[0] < face[2] and face[0] < patch[2] and patch[1] < face[3] and face[1] < patch[3]
