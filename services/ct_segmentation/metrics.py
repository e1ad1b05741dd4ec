"""How well a predicted mask fits a labelled one: Dice and Hausdorff distance, with one policy for empty masks.

Both empty: Dice 1, distance 0. One empty: Dice 0, distance infinite (to be counted apart, never averaged).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def dice(predicted: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> float:
    """2 |A and B| / (|A| + |B|) of two masks of one shape."""
    return dice_from_counts(
        float(np.count_nonzero(predicted & labelled)),
        float(np.count_nonzero(predicted)),
        float(np.count_nonzero(labelled)),
    )


def dice_from_counts(overlap: float, predicted: float, labelled: float) -> float:
    """Dice from pixel counts, so that a volume can be scored slice by slice."""
    return 2.0 * overlap / (predicted + labelled) if predicted + labelled else 1.0


def hausdorff_distance(
    predicted: NDArray[np.bool_], labelled: NDArray[np.bool_], spacing_mm: Sequence[float], percentile: float = 100.0
) -> float:
    """Distance in mm between the surfaces of two masks: the larger of the two directed ``percentile`` distances.

    100 is the Hausdorff distance and 95 the usual robust one; the percentile is taken in each direction before the
    maximum (pooling both directions first, as some libraries do, gives other numbers). A surface pixel is one with a
    neighbour across a face outside the mask.

    Raises ValueError where the shapes differ or ``spacing_mm`` has not one entry per axis.
    """
    if predicted.shape != labelled.shape or len(spacing_mm) != predicted.ndim:
        raise ValueError(f"Masks {predicted.shape}, {labelled.shape} and spacing {tuple(spacing_mm)} do not agree.")
    if not predicted.any() or not labelled.any():
        return 0.0 if predicted.any() == labelled.any() else math.inf
    a, b = _surface(predicted), _surface(labelled)
    to_a = ndimage.distance_transform_edt(~a, sampling=tuple(spacing_mm))
    to_b = ndimage.distance_transform_edt(~b, sampling=tuple(spacing_mm))
    return float(max(np.percentile(to_b[a], percentile), np.percentile(to_a[b], percentile)))


def _surface(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(mask & ~ndimage.binary_erosion(mask), np.bool_)
