from dataclasses import replace

import numpy as np
import pytest

from services.ct_segmentation.metrics import dice
from services.ct_segmentation.training.augmentation import AugmentationConfig, augment
from tests.fixtures.phe_sich import Lesion, draw_head

STILL = AugmentationConfig(*[0.0] * 12)
MOVING = replace(AugmentationConfig(), gantry_pixels=0.0, noise=0.0, lone_probability=0.0)


def _slices() -> tuple[np.ndarray, np.ndarray]:
    head = draw_head(Lesion(row=120, column=150, radius=12, slices=(2, 3)), size=256, scale=0.5)
    masks = np.stack([head.haematoma[3], head.oedema[3]]).astype(np.uint8) * np.uint8(255)
    return head.windowed[2:5], masks


def test_image_and_masks_move_together() -> None:
    slices, masks = _slices()
    for seed in range(8):
        moved, moved_masks = augment(slices, masks, np.random.default_rng(seed), MOVING)
        clot = (moved[1] > 0.6) & (moved[1] < 0.99)
        near = moved_masks.max(axis=0) > 0  # the skull's blurred edge is as bright
        assert dice(clot & near, moved_masks[0] > 0.5) > 0.85


def test_the_same_seed_gives_the_same_slices_and_another_others() -> None:
    slices, masks = _slices()
    first, again, other = (augment(slices, masks, np.random.default_rng(s), AugmentationConfig())[0] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_any_range_nothing_changes_and_the_flip_is_exact() -> None:
    slices, masks = _slices()
    plain = slices.astype(np.float32) / np.float32(255)
    moved, moved_masks = augment(slices, masks, np.random.default_rng(0), STILL)
    np.testing.assert_array_equal(moved, plain)
    np.testing.assert_array_equal(moved_masks * 255, masks)
    flipped, _ = augment(slices, masks, np.random.default_rng(0), replace(STILL, flip_probability=1.0))
    np.testing.assert_array_equal(flipped, plain[..., ::-1])


def test_a_tilted_gantry_moves_the_neighbours_apart_and_the_slice_not() -> None:
    slices, masks = _slices()
    slices = np.stack([slices[0]] * 3)
    moved, _ = augment(slices, masks, np.random.default_rng(1), replace(STILL, gantry_pixels=20.0))
    row_of = [float((plane > 0.9).any(axis=1).argmax()) for plane in moved]  # the top of the skull
    assert row_of[1] == float((slices[1] == 255).any(axis=1).argmax())
    assert row_of[0] - row_of[1] == pytest.approx(row_of[1] - row_of[2], abs=1)
    assert abs(row_of[0] - row_of[2]) > 2


def test_a_lone_slice_stands_in_for_its_neighbours() -> None:
    slices, masks = _slices()
    moved, _ = augment(slices, masks, np.random.default_rng(0), replace(STILL, lone_probability=1.0))
    np.testing.assert_array_equal(moved[0], moved[1])
    np.testing.assert_array_equal(moved[2], moved[1])


def test_air_and_bone_stay_saturated_and_values_in_range() -> None:
    slices, masks = _slices()
    moved, moved_masks = augment(slices, masks, np.random.default_rng(0), AugmentationConfig())
    assert (moved.min(), moved.max()) == (0.0, 1.0)
    assert (moved == 0).mean() > 0.3
    assert 0 <= moved_masks.min() <= moved_masks.max() <= 1
