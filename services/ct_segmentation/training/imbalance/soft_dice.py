"""Soft Dice over a batch: an overlap, so that rare pixels weigh as much as common ones (Milletari et al. 2016)."""

import torch
from torch import Tensor


def soft_dice_loss(logits: Tensor, target: Tensor, known: Tensor | None = None) -> Tensor:
    """1 - (2 Σ p·t + 1) / (Σ p + Σ t + 1) per mask over the whole batch: (B, C, H, W) twice -> (C,).

    Over the batch, not per slice: a slice without oedema would otherwise reward or punish everything or nothing.
    ``known`` (B, C) 0/1 leaves out masks that a data set does not label.
    """
    probability = torch.sigmoid(logits.float())
    target = target.float()
    if known is not None:
        seen = known[:, :, None, None] > 0
        probability, target = probability.where(seen, 0.0), target.where(seen, 0.0)
    overlap = (probability * target).sum(dim=(0, 2, 3))
    total = probability.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
    smooth = 1.0
    return 1.0 - (2.0 * overlap + smooth) / (total + smooth)
