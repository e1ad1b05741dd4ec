import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist, directed_hausdorff
from sklearn.metrics import f1_score

from services.ct_segmentation.metrics import average_surface_distance, dice, dice_from_counts, hausdorff_distance

RNG = np.random.default_rng(3)


def _blob(shape: tuple[int, ...], centre: tuple[float, ...], radius: float) -> np.ndarray:
    grid = np.indices(shape)
    return sum((axis - c) ** 2 for axis, c in zip(grid, centre, strict=True)) <= radius**2


def test_dice_of_masks_counted_by_hand() -> None:
    a, b = np.array([1, 1, 1, 0, 0], bool), np.array([0, 1, 1, 1, 0], bool)
    assert dice(a, b) == pytest.approx(2 * 2 / 6)


def test_dice_is_the_f1_score_of_pixels() -> None:
    a, b = RNG.random((9, 20, 20)) > 0.6, RNG.random((9, 20, 20)) > 0.4
    assert dice(a, b) == pytest.approx(f1_score(b.ravel(), a.ravel()))


def test_empty_masks_follow_the_policy() -> None:
    empty, full = np.zeros((4, 4), bool), np.ones((4, 4), bool)
    assert dice(empty, empty) == dice_from_counts(0, 0, 0) == 1.0
    assert dice(empty, full) == dice(full, empty) == 0.0
    assert hausdorff_distance(empty, empty, (1, 1)) == 0.0
    assert hausdorff_distance(empty, full, (1, 1)) == hausdorff_distance(full, empty, (1, 1)) == math.inf


def test_hausdorff_distance_uses_the_spacing_of_each_axis() -> None:
    a, b = np.zeros((10, 10), bool), np.zeros((10, 10), bool)
    a[2, 2], b[5, 6] = True, True
    assert hausdorff_distance(a, b, (2.0, 0.5)) == pytest.approx(math.hypot(3 * 2.0, 4 * 0.5))


def test_hausdorff_distance_agrees_with_scipy_on_blobs() -> None:
    a, b = _blob((20, 30, 30), (9, 14, 12), 6), _blob((20, 30, 30), (11, 16, 17), 5)
    spacing = np.array([5.0, 0.45, 0.6])
    points = [np.argwhere(mask) * spacing for mask in (a, b)]
    expected = max(directed_hausdorff(*points)[0], directed_hausdorff(*reversed(points))[0])
    assert hausdorff_distance(a, b, tuple(spacing)) == pytest.approx(expected)


def test_the_percentile_is_taken_per_direction_before_the_maximum() -> None:
    # All of b lies on a; of a's 20 pixels one lies 9 mm off b, so the 90th percentile of that direction is 0.
    a, b = np.zeros((1, 40), bool), np.zeros((1, 40), bool)
    a[0, :19], b[0, :19] = True, True
    a[0, 27] = True
    assert hausdorff_distance(a, b, (1.0, 1.0)) == pytest.approx(9.0)
    assert hausdorff_distance(a, b, (1.0, 1.0), percentile=90) == 0.0


def test_the_average_surface_distance_is_that_of_all_pairs_of_surface_points() -> None:
    a, b = _blob((20, 30, 30), (9, 14, 12), 6), _blob((20, 30, 30), (11, 16, 17), 5)
    spacing = np.array([5.0, 0.45, 0.6])
    surfaces = [np.argwhere(mask & ~_eroded(mask)) * spacing for mask in (a, b)]
    pairs = cdist(*surfaces)
    expected = (pairs.min(axis=1).sum() + pairs.min(axis=0).sum()) / sum(pairs.shape)
    assert average_surface_distance(a, b, tuple(spacing)) == pytest.approx(expected)


def _eroded(mask: np.ndarray) -> np.ndarray:
    """Pixels all of whose neighbours across a face are inside, by shifting instead of morphology."""
    padded = np.pad(mask, 1)
    shifted = [np.roll(padded, step, axis) for axis in range(mask.ndim) for step in (-1, 1)]
    return np.logical_and.reduce(shifted)[(slice(1, -1),) * mask.ndim]


def test_one_empty_mask_is_infinitely_far() -> None:
    empty, full = np.zeros((4, 4), bool), np.ones((4, 4), bool)
    assert average_surface_distance(empty, full, (1, 1)) == math.inf
    assert average_surface_distance(empty, empty, (1, 1)) == 0.0


def test_a_missing_spacing_is_refused() -> None:
    mask = np.ones((3, 4, 4), bool)
    with pytest.raises(ValueError, match="spacing"):
        hausdorff_distance(mask, mask, (1.0, 1.0))
