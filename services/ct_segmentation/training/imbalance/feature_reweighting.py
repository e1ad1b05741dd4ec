"""Channels of the [cls] embedding that tell rare types apart count more.

The paper asks for "feature-level reweighting mechanisms" (section 2) without a formula. Our reading: a gate with one
factor per channel, made from what the channel tells about each type (Fisher's criterion) and how rare the type is.
It has no parameters, costs d multiplications, and since the type head is linear it could be folded into its weights:
its effect is on learning, where gradients towards the encoder grow on the channels that rare types need.
"""

import torch
from torch import Tensor, nn

from services.ct_segmentation.training.imbalance.class_balanced import TypeCounts, effective_number


class FeatureReweighting(nn.Module):
    """z ⊙ g, with g = 1 until ``observe`` has seen enough.

    F_c = (μ₁ - μ₀)² / (σ₁² + σ₀²) per channel for type c present (1) or absent (0)  (Fisher 1936; Duda, Hart and
    Stork, Eq. 4.96), over decaying sums, divided by its mean over channels. g² = Σ_c ρ_c (1 + e_c (F_c - 1)), with
    the rarity ρ_c ∝ 1 / E_n (Cui et al. 2019), Σ ρ = 1, and the evidence e_c = n / (n + ``prior``), n the smaller of
    both outcomes' observations: few observations leave g near 1. Last, g is kept within [1 / limit, limit].
    """

    gate: Tensor
    weight: Tensor
    total: Tensor
    squares: Tensor
    rarity: Tensor

    def __init__(
        self, width: int, types: int, limit: float = 2.0, decay: float = 0.99, prior: float = 32.0, beta: float = 0.999
    ) -> None:
        super().__init__()
        self.limit, self.decay, self.prior, self.beta = limit, decay, prior, beta
        self.register_buffer("gate", torch.ones(width))
        self.register_buffer("rarity", torch.full((types,), 1.0 / types))
        # Decaying sums over slices, outcome absent then present: of 1, z and z².
        self.register_buffer("weight", torch.zeros(2, types))
        self.register_buffer("total", torch.zeros(2, types, width))
        self.register_buffer("squares", torch.zeros(2, types, width))

    def forward(self, embeddings: Tensor) -> Tensor:
        """(B, d) -> (B, d)."""
        return embeddings * self.gate

    @torch.no_grad()
    def set_rarity(self, counts: TypeCounts) -> None:
        """Take the numbers of training slices; types that never show do not count."""
        shown = counts.positives > 0
        rarity = (1.0 / effective_number(counts.positives, self.beta)).where(shown, 0.0)
        self.rarity.copy_(rarity / rarity.sum().clamp_min(1e-12))

    @torch.no_grad()
    def observe(self, embeddings: Tensor, targets: Tensor, labelled: Tensor) -> None:
        """Learn from a batch: embeddings before the gate (B, d), ``targets`` and ``labelled`` (B, T)."""
        z = embeddings.detach().float()
        known = (labelled.expand_as(targets) > 0).float()
        present = (targets > 0).float()
        outcomes = torch.stack([known * (1 - present), known * present])  # (2, B, T)
        self.weight.mul_(self.decay).add_(outcomes.sum(1))
        self.total.mul_(self.decay).add_(torch.einsum("obt,bd->otd", outcomes, z))
        self.squares.mul_(self.decay).add_(torch.einsum("obt,bd->otd", outcomes, z * z))
        self.gate.copy_(self._gate())

    def _gate(self) -> Tensor:
        count = self.weight[..., None].clamp_min(1e-12)
        mean = self.total / count  # (2, T, d)
        variance = (self.squares / count - mean**2).clamp_min(0.0)
        fisher = (mean[1] - mean[0]) ** 2 / (variance.sum(0) + 1e-6)  # (T, d)
        relative = fisher / fisher.mean(1, keepdim=True).clamp_min(1e-12)
        least = self.weight.min(0).values  # (T,)
        evidence = (least / (least + self.prior))[:, None]
        squared = (self.rarity[:, None] * (1.0 + evidence * (relative - 1.0))).sum(0)  # (d,)
        return squared.clamp_min(0.0).sqrt().clamp(1.0 / self.limit, self.limit)
