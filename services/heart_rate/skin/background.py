"""What lies beside a face: when its colour changes, the light changed and not the blood."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.boxes import Boxes, touching

# In box widths and heights from its edges: beyond hair and ears, above the shoulders.
_PATCHES = np.array([[-0.9, 0.0, -0.35, 0.6], [1.35, 0.0, 1.9, 0.6], [0.0, -0.9, 1.0, -0.45]])
# Above the head only where a side is missing.
_ENOUGH = 2
# A patch of fewer pixels (mostly outside of the frame) says nothing.
_LEAST_PIXELS = 64


@dataclass
class Background:
    """Patches beside one face, which stay where they are until a face comes over them: what moves is no measure."""

    _patches: Boxes | None = None

    def read(self, image: NDArray[np.uint8], box: NDArray[np.float64], faces: Boxes) -> NDArray[np.float64]:
        """Mean RGB (3,) beside ``box`` (4,), away from all ``faces`` (F, 4); NaN where there is no room."""
        if self._patches is None or touching(self._patches, faces).any():
            self._patches = _free_patches(box, faces, image.shape[1], image.shape[0])
        if not len(self._patches):
            return np.full(3, np.nan)
        corners = self._patches.astype(np.intp)
        means = [cv2.mean(image[top:bottom, left:right])[:3] for left, top, right, bottom in corners.tolist()]
        areas = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
        return np.asarray(areas @ np.array(means) / areas.sum())


def _free_patches(box: NDArray[np.float64], faces: Boxes, width: int, height: int) -> Boxes:
    corner, size = np.tile(box[:2], 2), np.tile(box[2:] - box[:2], 2)
    patches = np.rint(corner + _PATCHES * size).clip(0, [width, height, width, height])
    large = (patches[:, 2:] - patches[:, :2]).clip(0).prod(axis=1) >= _LEAST_PIXELS
    free = ~touching(patches, faces).any(axis=1)
    return np.asarray(patches[large & free][:_ENOUGH])
