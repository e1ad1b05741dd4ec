from dataclasses import replace

import numpy as np
import pytest
import torch

from services.ct_segmentation.training.sampling import SamplingConfig, SliceSampler, dealt
from tests.fixtures.framed import draw_framed_slices

REAL, COMPOSED = draw_framed_slices(prefix="real"), draw_framed_slices(stacks=5, seed=1)
REAL_ONLY_ANY = replace(REAL, known=REAL.known & (np.arange(6) < 2), outlined=np.ones_like(REAL.outlined))


def _sampler(seed: int = 1, config: SamplingConfig | None = None, threshold: float | None = None) -> SliceSampler:
    return SliceSampler(REAL_ONLY_ANY, COMPOSED, config or SamplingConfig(), seed, threshold)


def test_a_batch_holds_the_shares_of_real_and_composed_slices() -> None:
    batch = _sampler().batch(5, 256)
    assert batch.slices.shape == (8, 3, 256, 256)
    assert batch.types[:, 0].tolist() == [1, 1, 1, 0, 0, 1, 1, 0]
    assert batch.known[:, 5].tolist() == [0] * 5 + [1] * 3
    assert batch.outlined[:, 1].tolist() == [1] * 5 + [0] * 3


def test_the_masks_of_types_move_with_the_haematoma_and_are_known_where_types_are() -> None:
    batch = _sampler().batch(5, 256)
    assert torch.allclose(batch.type_masks.sum(1), batch.masks[:, 0], atol=0.01)
    assert batch.type_masks_known.tolist() == [[1, 0, 0, 0, 0]] * 5 + [[1] * 5] * 3


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    first = _sampler().batch(5, 192).slices
    assert torch.equal(first, _sampler().batch(5, 192).slices)
    assert not torch.equal(first, _sampler().batch(6, 192).slices)
    assert not torch.equal(first, _sampler(seed=2).batch(5, 192).slices)


def test_small_slices_show_the_same_as_large_ones() -> None:
    large, small = _sampler().batch(0, 256), _sampler().batch(0, 128)
    assert small.slices.shape[-1] == small.masks.shape[-1] == 128
    np.testing.assert_allclose(small.masks.mean((2, 3)), large.masks.mean((2, 3)), atol=2e-4)


def test_without_composed_slices_their_share_goes_to_the_real_ones() -> None:
    batch = SliceSampler(REAL, None, SamplingConfig(), 1).batch(0, 64)
    assert batch.types[:, 0].sum() == 5


def test_rare_types_come_more_often_with_repeat_factors() -> None:
    rare = COMPOSED.of([f"composed-{i}" for i in (0, 0, 4)]).joined_with(draw_framed_slices(stacks=1, prefix="more"))
    config = SamplingConfig(batch=8, real_lesion=0.0, real_clear=0.125, composed_lesion=0.875, composed_clear=0.0)

    def share_of_edh(threshold: float | None) -> float:
        sampler = SliceSampler(REAL, rare, config, 1, threshold)
        return float(np.mean([sampler.batch(step, 32).types[1:, 5].mean() for step in range(60)]))

    assert share_of_edh(None) == pytest.approx(1 / 3, abs=0.08)
    assert share_of_edh(1.0) > share_of_edh(None) + 0.05


@pytest.mark.parametrize(
    ("total", "shares", "expected"),
    [(8, [0.375, 0.25, 0.25, 0.125], [3, 2, 2, 1]), (8, [0.375, 0.25, 0, 0], [5, 3, 0, 0]), (3, [1, 1], [2, 1])],
)
def test_everything_is_dealt_by_largest_remainders(total: int, shares: list[float], expected: list[int]) -> None:
    assert dealt(total, shares) == expected
