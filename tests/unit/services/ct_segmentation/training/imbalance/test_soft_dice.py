import pytest
import torch

from services.ct_segmentation.training.imbalance.soft_dice import soft_dice_loss


def test_soft_dice_of_four_pixels_worked_out_by_hand() -> None:
    # p = 0.5 everywhere, one pixel of four labelled: 1 - (2 * 0.5 + 1) / (2 + 1 + 1) = 0.5
    target = torch.zeros(1, 1, 2, 2)
    target[0, 0, 0, 0] = 1
    assert soft_dice_loss(torch.zeros(1, 1, 2, 2), target).item() == pytest.approx(0.5)


def test_dice_is_taken_over_the_batch_so_that_an_empty_slice_alone_decides_nothing() -> None:
    target = torch.zeros(2, 1, 4, 4)
    target[0] = 1
    logits = torch.full((2, 1, 4, 4), -20.0)
    logits[0] = 20.0
    assert soft_dice_loss(logits, target).item() == pytest.approx(0.0, abs=1e-6)


def test_a_mask_that_a_data_set_does_not_label_changes_neither_dice_nor_weights() -> None:
    target = torch.zeros(2, 2, 2, 2)
    target[0, :, 0, 0] = 1
    logits = torch.zeros(2, 2, 2, 2, requires_grad=True)
    dice = soft_dice_loss(logits, target, known=torch.tensor([[1.0, 1.0], [1.0, 0.0]]))
    dice.sum().backward()
    # Mask 0 sees eight pixels: 1 - (2 * 0.5 + 1) / (4 + 1 + 1); mask 1 those of the first slice alone.
    assert dice.tolist() == pytest.approx([2 / 3, 0.5])
    assert logits.grad is not None
    assert logits.grad[1, 1].abs().sum() == 0
    assert logits.grad[1, 0].abs().sum() > 0
