"""What the training minimises: the imbalance module's losses of both heads, weighted."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from services.ct_segmentation.model.deep_hemorrhage_net import NetworkOutput
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.imbalance.objective import mask_loss, type_loss
from services.ct_segmentation.training.sampling import Batch
from services.ct_segmentation.training.type_learning import TypeLearning


@dataclass(frozen=True)
class LossConfig:
    """Weights, per mask in the order haematoma, oedema.

    Oedema fills 0.2 % of a lesion slice: without weight and Dice over the whole batch a network learns to say never.
    """

    positive_weight: tuple[float, float] = (3.0, 8.0)
    dice: tuple[float, float] = (1.0, 1.5)
    cross_entropy: tuple[float, float] = (2.5, 2.5)
    types: float = 1.0
    type_masks: float = 0.5  # of one type's Dice and of its cross-entropy, which weighs blood by the next
    type_positive_weight: float = 5.0


def lesion_loss(
    output: NetworkOutput,
    batch: Batch,
    types: TypeLearning,
    config: LossConfig,
    imbalance: ImbalanceConfig,
    generator: torch.Generator,
) -> dict[str, Tensor]:
    """The parts of the loss, already weighted; their sum is minimised."""
    weight = torch.tensor(config.positive_weight)
    masks = mask_loss(output.masks, batch.masks, weight, imbalance, batch.outlined)
    embeddings = types.embeddings(output.embedding)
    of_types = type_loss(
        embeddings,
        types.head(embeddings),
        batch.types,
        batch.known,
        types.head,
        types.bank,
        types.counts,
        imbalance,
        generator,
    )
    names = ("haematoma", "oedema")
    return {
        **{f"dice_{name}": masks.dice[i] * config.dice[i] for i, name in enumerate(names)},
        **{f"cross_entropy_{name}": masks.cross_entropy[i] * config.cross_entropy[i] for i, name in enumerate(names)},
        "types": config.types * of_types,
        "type_masks": config.type_masks * _type_mask_loss(output.type_masks, batch, config, imbalance),
    }


def _type_mask_loss(logits: Tensor | None, batch: Batch, config: LossConfig, imbalance: ImbalanceConfig) -> Tensor:
    """Dice of the types that the batch shows and cross-entropy of all five, per type; 0 for a network without them."""
    if logits is None:
        return torch.zeros((), device=batch.slices.device)
    weight = torch.full((logits.shape[1],), config.type_positive_weight)
    target = adaptive_avg_pool2d(batch.type_masks, (logits.shape[2], logits.shape[3]))
    masks = mask_loss(logits, target, weight, imbalance, batch.type_masks_known)
    known = batch.type_masks_known[:, :, None, None] > 0
    shown = batch.type_masks.where(known, 0.0).sum(dim=(0, 2, 3)) > 0
    return (masks.dice.where(shown, 0.0) + masks.cross_entropy).mean()
