import numpy as np

from services.ct_segmentation.metrics import dice
from services.ct_segmentation.training.augmentation import AugmentationConfig, augment
from tests.fixtures.phe_sich import Lesion, draw_head

STILL = AugmentationConfig(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _slice() -> tuple[np.ndarray, np.ndarray]:
    head = draw_head(Lesion(row=120, column=150, radius=12), size=256, scale=0.5)
    masks = np.stack([head.haematoma[3], head.oedema[3]]).astype(np.uint8) * np.uint8(255)
    return head.windowed[3], masks


def test_image_and_masks_move_together() -> None:
    image, masks = _slice()
    for seed in range(5):
        moved, moved_masks = augment(image, masks, np.random.default_rng(seed), AugmentationConfig(noise=0.0))
        clot = (moved > 0.6) & (moved < 0.95)
        near = moved_masks.max(axis=0) > 0  # the skull's blurred edge is as bright
        assert dice(clot & near, moved_masks[0] > 0.5) > 0.9


def test_the_same_seed_gives_the_same_slice_and_another_another() -> None:
    image, masks = _slice()
    first, again, other = (augment(image, masks, np.random.default_rng(s), AugmentationConfig())[0] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_any_range_only_the_flip_is_left() -> None:
    image, masks = _slice()
    plain = image.astype(np.float32) / np.float32(255)
    seen = {
        "same" if np.array_equal(moved, plain) else "flipped" if np.array_equal(moved, plain[:, ::-1]) else "else"
        for moved, _ in (augment(image, masks, np.random.default_rng(seed), STILL) for seed in range(12))
    }
    assert seen == {"same", "flipped"}


def test_air_and_bone_stay_saturated_and_values_in_range() -> None:
    image, masks = _slice()
    moved, moved_masks = augment(image, masks, np.random.default_rng(0), AugmentationConfig())
    assert (moved.min(), moved.max()) == (0.0, 1.0)
    assert (moved == 0).mean() > 0.3
    assert 0 <= moved_masks.min() <= moved_masks.max() <= 1
