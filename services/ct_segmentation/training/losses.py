"""What the training minimises: soft Dice and weighted cross-entropy of the masks, cross-entropy of labelled types."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from services.ct_segmentation.model.deep_hemorrhage_net import NetworkOutput
from services.ct_segmentation.training.imbalance.soft_dice import soft_dice_loss
from services.ct_segmentation.training.sampling import Batch


@dataclass(frozen=True)
class LossConfig:
    """Weights, per mask in the order haematoma, oedema.

    Oedema fills 0.2 % of a lesion slice: without weight and Dice over the whole batch a network learns to say never.
    """

    positive_weight: tuple[float, float] = (3.0, 8.0)
    dice_weight: tuple[float, float] = (1.0, 1.0)
    cross_entropy: float = 5.0
    types: float = 0.5


def lesion_loss(output: NetworkOutput, batch: Batch, config: LossConfig) -> dict[str, Tensor]:
    """The parts of the loss, already weighted; their sum is minimised."""
    masks = output.masks.float()
    positive = torch.tensor(config.positive_weight).view(1, -1, 1, 1)
    dice = soft_dice_loss(masks, batch.masks) * torch.tensor(config.dice_weight)
    types = binary_cross_entropy_with_logits(output.types.float(), batch.types, reduction="none").mean(0)
    return {
        "dice_haematoma": dice[0],
        "dice_oedema": dice[1],
        "cross_entropy": config.cross_entropy
        * binary_cross_entropy_with_logits(masks, batch.masks, pos_weight=positive),
        "types": config.types * (types * batch.labelled).sum() / batch.labelled.sum(),
    }
