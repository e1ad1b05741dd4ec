"""Class-balanced focal loss of the types: rare outcomes weigh more, easy slices less (Cui 2019, Lin 2017).

Every type is a question of its own (a slice may show several), so "class" here is an outcome of a type: T types make
2 T classes, each with the number of training slices that show it.
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


@dataclass(frozen=True)
class TypeCounts:
    """Training slices with and without each type, among those that label it: ``positives`` and ``negatives`` (T,)."""

    positives: Tensor
    negatives: Tensor

    @classmethod
    def of(cls, targets: Tensor, labelled: Tensor) -> Self:
        """From the labels of all training slices, ``targets`` and ``labelled`` (N, T) 0/1."""
        known = labelled.expand_as(targets) > 0
        return cls(((targets > 0) & known).sum(0).double(), ((targets <= 0) & known).sum(0).double())

    def to(self, device: torch.device | str) -> Self:
        """The same counts on another device."""
        return type(self)(self.positives.to(device), self.negatives.to(device))

    def minority(self, below: float) -> list[int]:
        """The types that show in less than the share ``below`` of the slices that label them, but in some."""
        share = self.positives / (self.positives + self.negatives).clamp_min(1)
        rare: list[int] = torch.nonzero((share < below) & (self.positives > 0)).flatten().tolist()
        return rare


def effective_number(counts: Tensor, beta: float) -> Tensor:
    """E_n = (1 - β^n) / (1 - β): how many of n samples add something new (Cui et al. 2019, Eq. 2).

    β = 0 gives 1 for every class (no balancing), β -> 1 gives n (balancing by inverse frequency).
    """
    return (1.0 - beta ** counts.double()) / (1.0 - beta)


def class_balanced_weights(counts: TypeCounts, beta: float) -> Tensor:
    """α ∝ 1 / E_n of both outcomes of every type: float32 (2, T), row 0 for absent, row 1 for present.

    Scaled so that the mean over all training labels is 1, hence Σ n·α = Σ n. Cui et al. scale by classes instead
    (Σ α = C), which one very rare type turns into a nearly vanishing loss for all the others. Outcomes that never
    occur weigh 1.
    """
    n = torch.stack([counts.negatives, counts.positives]).double()
    seen = n > 0
    alpha = (1.0 / effective_number(n, beta)).where(seen, 0.0)
    alpha = alpha * n.sum() / (n * alpha).sum().clamp_min(1e-12)
    return alpha.where(seen, 1.0).float()


def focal_terms(logits: Tensor, target: Tensor, weights: Tensor, gamma: float, labelled: Tensor) -> Tensor:
    """FL = -α (1 - p_t)^γ log p_t (Lin et al. 2017, Eq. 5) of every slice and type, in float32.

    ``logits``, ``target`` and ``labelled`` (B, T), ``weights`` (2, T) -> (B, T), exactly 0 and without gradient where
    ``labelled`` is 0, whatever stands in the target there.
    """
    known = labelled.expand_as(logits) > 0
    target = target.float().where(known, 0.0)
    cross_entropy = binary_cross_entropy_with_logits(logits.float(), target, reduction="none")  # -log p_t
    # 1 - p_t without cancellation for sure slices; the floor keeps the power's slope finite for γ < 1.
    doubt = -torch.expm1(-cross_entropy).clamp_max(-1e-12)
    alpha = weights[0] + (weights[1] - weights[0]) * target
    return (alpha * doubt**gamma * cross_entropy).where(known, 0.0)


def class_balanced_focal_loss(
    logits: Tensor, target: Tensor, weights: Tensor, gamma: float, labelled: Tensor
) -> Tensor:
    """The mean of ``focal_terms`` over what is labelled; 0 where nothing is. γ = 0 and weights 1: cross-entropy."""
    terms = focal_terms(logits, target, weights, gamma, labelled)
    return terms.sum() / (labelled.expand_as(logits) > 0).sum().clamp_min(1)
