"""Boxes around faces: how much two overlap, and which of many are the same face."""

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-9  # of boxes without an area nothing is shared
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels
Boxes = NDArray[np.float64]  # (F, 4) of the same


def overlaps(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """Intersection over union of every box of ``first`` (A, 4) with every box of ``second`` (B, 4): (A, B)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low).clip(0).prod(axis=2)
    areas = _areas(first)[:, None] + _areas(second)[None, :]
    return np.asarray(shared / np.maximum(areas - shared, _TINY))


def suppress(boxes: Boxes, scores: NDArray[np.floating], most_overlap: float) -> NDArray[np.intp]:
    """Indices of the boxes that stay after non-maximum suppression, the surest first.

    The surest box stays, and all that overlap it by more than ``most_overlap`` go; then the surest of what is left.
    """
    order = np.argsort(-scores, kind="stable")
    overlap = overlaps(boxes[order], boxes[order])
    left = np.ones(len(order), bool)
    kept = []
    for rank in range(len(order)):
        if left[rank]:
            kept.append(order[rank])
            left &= overlap[rank] <= most_overlap
    return np.array(kept, np.intp)


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).clip(0).prod(axis=1))
