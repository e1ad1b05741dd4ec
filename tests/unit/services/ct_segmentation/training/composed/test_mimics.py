"""What only looks like blood. All heads are generated."""

import numpy as np

from services.ct_segmentation.training.composed.mimics import with_mimics, with_motion
from tests.fixtures.composing import thick_part, thin_head


def test_mimics_calcify_and_streak_the_brain_and_leave_the_skull_alone() -> None:
    head = thin_head()
    brightest, changed = [], []
    for seed in range(20):
        hu = with_mimics(head, head.hu, np.random.default_rng(seed))
        assert (hu[~head.inside] == head.hu[~head.inside]).all()
        brightest.append(float(hu[head.depth_mm > 15].max()))
        changed.append(bool((hu != head.hu).any()))
    assert any(changed)
    assert not all(changed)
    assert max(brightest) > 100
    assert min(brightest) < 80


def test_the_same_seed_draws_the_same_mimics() -> None:
    head = thin_head()
    one, other = (with_mimics(head, head.hu, np.random.default_rng(3)) for _ in range(2))
    assert (one == other).all()


def test_upper_slices_have_no_streaks_of_the_skull_base() -> None:
    head = thick_part()
    for seed in range(12):
        change = np.abs(with_mimics(head, head.hu, np.random.default_rng(seed)) - head.hu)
        # A falx is thin and a calcification small; a streak would reach half of the brain.
        assert (change > 1).sum() < 0.1 * head.inside.sum()


def test_motion_doubles_a_few_neighbouring_slices() -> None:
    hu = thin_head().hu
    moved = {seed: with_motion(hu, np.random.default_rng(seed)) for seed in range(5)}
    for doubled in moved.values():
        slices = np.flatnonzero((doubled != hu).any(axis=(1, 2)))
        assert len(slices) <= 3
        assert not len(slices) or np.ptp(slices) == len(slices) - 1
