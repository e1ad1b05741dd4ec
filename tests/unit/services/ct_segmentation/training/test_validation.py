from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices
from services.ct_segmentation.training.validation import answers, validate, validated_with_intervals
from tests.fixtures.framed import draw_framed_slices


class Threshold(nn.Module):
    """Calls haematoma what is brighter than ``at``, and ranks slices by their brightest pixel."""

    def __init__(self, at: float) -> None:
        super().__init__()
        self.at = nn.Parameter(torch.tensor(at))

    def forward(self, slices: Tensor) -> SimpleNamespace:
        own = slices[:, 1:2]
        masks = torch.cat([own - self.at, torch.full_like(own, -1)], dim=1)
        return SimpleNamespace(masks=masks, types=own.flatten(1).amax(dim=1, keepdim=True).repeat(1, len(TYPES)))


@pytest.fixture
def data() -> FramedSlices:
    """Brain of 100 with spots of 200 in a skull of 255, which is taken away."""
    drawn = draw_framed_slices(stacks=3)
    drawn.images[drawn.images == 255] = 0
    return drawn


def test_a_network_that_sees_every_spot_is_perfect(data: FramedSlices) -> None:
    figures = validate(Threshold(0.6), data)
    assert figures["haematoma_dice"] == 1.0
    assert figures["slice_auc"] == 1.0
    assert "oedema_dice" not in figures  # drawn on no slice


def test_dice_is_counted_in_pixels(data: FramedSlices) -> None:
    said = answers(Threshold(0.2), data)  # all brain, spots and all
    spots, brain = (data.masks[:, 0] > 127).sum(), (data.images > 0).sum()
    assert said.dice(0) == pytest.approx(2 * spots / (spots + brain))
    assert np.isnan(said.dice(1))


def test_half_the_size_has_a_quarter_of_the_pixels(data: FramedSlices) -> None:
    whole, half = (answers(Threshold(0.6), data, size).both[:, 0].sum() for size in (256, 128))
    assert half == pytest.approx(whole / 4, rel=0.03)


def test_intervals_over_patients_hold_the_figure_and_are_exact_where_all_agree(data: FramedSlices) -> None:
    figures = validated_with_intervals(Threshold(0.6), data)
    assert (figures["haematoma_dice"].low, figures["haematoma_dice"].high) == (1.0, 1.0)
    blurred = validated_with_intervals(Threshold(0.2), data)["haematoma_dice"]
    assert blurred.low < blurred.value < blurred.high
