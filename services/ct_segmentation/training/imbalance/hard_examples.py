"""Online hard example mining: learn from the pixels and slices that the network gets most wrong (Shrivastava 2016)."""

import torch
from torch import Tensor


def hardest_pixels(
    loss_map: Tensor, positive_mask: Tensor, ratio: float, minimum: int, known: Tensor | None = None
) -> Tensor:
    """The mean loss per mask over all positive pixels and the hardest negatives, ``ratio`` of them to a positive.

    ``loss_map`` and ``positive_mask`` (B, C, H, W) -> (C,). Mined over the whole batch and for each mask by itself:
    the masks differ tenfold in size. At least ``minimum`` negatives are kept, so that a batch without a lesion still
    teaches. ``known`` (B, C) 0/1 leaves out masks that a data set does not label; a mask labelled nowhere gives 0.
    """
    losses = _by_mask(loss_map.float())  # (C, B * H * W)
    positive = _by_mask(positive_mask > 0)
    negative = ~positive
    if known is not None:
        seen = _by_mask((known[:, :, None, None] > 0).expand_as(loss_map))
        positive, negative = positive & seen, negative & seen
    positives, negatives = positive.sum(1), negative.sum(1)
    kept = torch.minimum((ratio * positives).round().long().clamp_min(minimum), negatives)
    difficulty = losses.detach().masked_fill(~negative, -torch.inf)
    hardest = difficulty.topk(int(kept.max()), dim=1).indices  # (C, K), hardest first
    chosen = torch.arange(hardest.shape[1], device=losses.device) < kept[:, None]
    total = losses.where(positive, 0.0).sum(1) + losses.gather(1, hardest).where(chosen, 0.0).sum(1)
    return total / (positives + kept).clamp_min(1)


def hardest_slices(loss: Tensor, share: float) -> Tensor:
    """The indices of the ``share`` of slices with the highest ``loss`` (B,), at least one, hardest first."""
    return loss.detach().topk(max(1, round(share * len(loss)))).indices


def _by_mask(maps: Tensor) -> Tensor:
    """(B, C, H, W) -> (C, B * H * W)."""
    return maps.transpose(0, 1).flatten(1)
