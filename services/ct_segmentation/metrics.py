"""How well a predicted mask fits a labelled one: Dice and surface distances, with one policy for empty masks.

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
    directions = _surface_distances(predicted, labelled, spacing_mm)
    if isinstance(directions, float):
        return directions
    return max(float(np.percentile(distances, percentile)) for distances in directions)


def average_surface_distance(
    predicted: NDArray[np.bool_], labelled: NDArray[np.bool_], spacing_mm: Sequence[float]
) -> float:
    """Mean distance in mm from the surface pixels of either mask to the other's surface (ASSD), over all of both.

    Raises ValueError as ``hausdorff_distance`` does.
    """
    directions = _surface_distances(predicted, labelled, spacing_mm)
    return directions if isinstance(directions, float) else float(np.concatenate(directions).mean())


def _surface_distances(
    predicted: NDArray[np.bool_], labelled: NDArray[np.bool_], spacing_mm: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | float:
    """Distances in mm of each surface pixel of ``predicted`` to that of ``labelled``, and the other way round.

    One number where a mask is empty, by the policy of this module.
    """
    if predicted.shape != labelled.shape or len(spacing_mm) != predicted.ndim:
        raise ValueError(f"Masks {predicted.shape}, {labelled.shape} and spacing {tuple(spacing_mm)} do not agree.")
    if not predicted.any() or not labelled.any():
        return 0.0 if predicted.any() == labelled.any() else math.inf
    # Both surfaces lie within the box around both masks: a tenth of a head to measure in.
    where = ndimage.find_objects((predicted | labelled).astype(np.uint8))[0]
    a, b = _surface(predicted[where]), _surface(labelled[where])
    to_a = ndimage.distance_transform_edt(~a, sampling=tuple(spacing_mm))
    to_b = ndimage.distance_transform_edt(~b, sampling=tuple(spacing_mm))
    return np.asarray(to_b[a], np.float64), np.asarray(to_a[b], np.float64)


def _surface(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(mask & ~ndimage.binary_erosion(mask), np.bool_)
