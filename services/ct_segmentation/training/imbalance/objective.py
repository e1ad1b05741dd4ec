"""The losses of both heads with every part of the imbalance-aware module that the configuration turns on."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from services.ct_segmentation.training.imbalance.class_balanced import (
    TypeCounts,
    class_balanced_weights,
    focal_terms,
)
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.imbalance.embedding_bank import EmbeddingBank, LabelledEmbeddings
from services.ct_segmentation.training.imbalance.feature_oversampling import oversample
from services.ct_segmentation.training.imbalance.hard_examples import hardest_pixels, hardest_slices
from services.ct_segmentation.training.imbalance.soft_dice import soft_dice_loss


@dataclass(frozen=True)
class MaskLoss:
    """``dice`` and ``cross_entropy``, each (C,), one value per mask."""

    dice: Tensor
    cross_entropy: Tensor


def type_loss(
    embeddings: Tensor,
    logits: Tensor,
    targets: Tensor,
    labelled: Tensor,
    head: Callable[[Tensor], Tensor],
    bank: EmbeddingBank,
    counts: TypeCounts,
    config: ImbalanceConfig,
    generator: torch.Generator,
) -> Tensor:
    """The mean focal loss over labelled types of the hardest slices and of new embeddings of rare types: a scalar.

    ``embeddings`` (B, d) are what ``head`` turns into ``logits`` (B, T); ``targets`` (B, T), ``labelled`` (B, T) or
    (T,). With oversampling on, the batch then enters the ``bank``. In float32, whatever autocast says.
    """
    with torch.autocast(logits.device.type, enabled=False):
        labelled = labelled.expand_as(logits)
        neutral = torch.ones(2, logits.shape[1], device=logits.device)
        weights = class_balanced_weights(counts, config.beta) if config.class_balanced_focal else neutral
        gamma = config.gamma if config.class_balanced_focal else 0.0
        terms, known = focal_terms(logits, targets, weights, gamma, labelled), (labelled > 0).float()
        if config.hard_slices:
            kept = hardest_slices(terms.sum(1) / known.sum(1).clamp_min(1), config.slice_share)
            terms, known = terms[kept], known[kept]
        total, number = terms.sum(), known.sum()
        if config.feature_oversampling:
            for new in _new_embeddings(bank.joined_with(embeddings, targets, labelled), counts, config, generator):
                # Neutral weights: being made at all is already the correction for being rare.
                total = total + focal_terms(head(new.embeddings), new.targets, neutral, gamma, new.labelled).sum()
                number = number + new.labelled.sum()
            bank.add(embeddings, targets, labelled)
        return total / number.clamp_min(1)


def mask_loss(
    logits: Tensor,
    target: Tensor,
    positive_weight: Tensor,
    config: ImbalanceConfig,
    known: Tensor | None = None,
) -> MaskLoss:
    """Soft Dice over the batch and pixel cross-entropy of masks (B, C, H, W) in [0, 1].

    Without mining the cross-entropy weighs lesion pixels by ``positive_weight`` (C,) and is the mean over all pixels.
    With mining it is the mean over lesion pixels and the hardest background, times ``mined_weight``; the fixed ratio
    of both then stands in the place of the weight. ``known`` (B, C) 0/1 leaves out masks a data set does not label.
    """
    with torch.autocast(logits.device.type, enabled=False):
        logits, target = logits.float(), target.float()
        dice = soft_dice_loss(logits, target, known)
        if config.hard_pixels:
            loss_map = binary_cross_entropy_with_logits(logits, target, reduction="none")
            mined = hardest_pixels(loss_map, target > 0, config.negative_ratio, config.minimum_negatives, known)
            return MaskLoss(dice, config.mined_weight * mined)
        weight = positive_weight.to(logits.device).view(-1, 1, 1)
        loss_map = binary_cross_entropy_with_logits(logits, target, pos_weight=weight, reduction="none")
        if known is None:
            return MaskLoss(dice, loss_map.mean(dim=(0, 2, 3)))
        seen = (known > 0).float()
        return MaskLoss(dice, (loss_map.mean(dim=(2, 3)) * seen).sum(0) / seen.sum(0).clamp_min(1))


def _new_embeddings(
    pool: LabelledEmbeddings, counts: TypeCounts, config: ImbalanceConfig, generator: torch.Generator
) -> list[LabelledEmbeddings]:
    """For each rare type what oversampling makes of the pool."""
    danger = config.danger_neighbours if config.borderline else None
    made = [
        oversample(pool, kind, config.synthetic_per_type, config.neighbours, generator, danger)
        for kind in counts.minority(config.minority_below)
    ]
    return [new for new in made if len(new)]
