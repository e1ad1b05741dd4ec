"""What the type head learns with beside its weights: the counts of the data, a gate on its input, and a bank."""

from typing import Any

import torch
from torch import Tensor, nn

from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.imbalance.class_balanced import TypeCounts
from services.ct_segmentation.training.imbalance.config import ImbalanceConfig
from services.ct_segmentation.training.imbalance.embedding_bank import EmbeddingBank
from services.ct_segmentation.training.imbalance.feature_reweighting import FeatureReweighting

HEAD_WEIGHT = "type_head.weight"


class TypeLearning:
    """State beside the network's; it is saved with every checkpoint, so that a killed run goes on the same."""

    def __init__(
        self, head: nn.Linear, data: FramedSlices, config: ImbalanceConfig, device: torch.device | str = "cpu"
    ) -> None:
        targets = torch.from_numpy(data.types.astype("float32"))
        self.counts = TypeCounts.of(targets, torch.from_numpy(data.known.astype("float32"))).to(device)
        self.head = head
        self.bank = EmbeddingBank(head.in_features, self.counts.positives, config.bank_capacity).to(device)
        self.gate = FeatureReweighting(head.in_features, head.out_features, config.gate_limit, beta=config.beta)
        self.gate.to(device).set_rarity(self.counts)
        self._reweighting = config.reweighting

    def embeddings(self, cls: Tensor) -> Tensor:
        """[cls] (B, d) as the head reads it, through the gate where reweighting is on; (B, d) float32."""
        return self.gate(cls.float()) if self._reweighting else cls.float()

    def observe(self, cls: Tensor, targets: Tensor, known: Tensor) -> None:
        """Let the gate learn from a batch, after the step that used it."""
        if self._reweighting:
            self.gate.observe(cls, targets, known)

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes."""
        return {"bank": self.bank.state_dict(), "gate": self.gate.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state_dict``."""
        self.bank.load_state_dict(state["bank"])
        self.gate.load_state_dict(state["gate"])


def with_gate_folded(weights: dict[str, Tensor], types: dict[str, Any]) -> dict[str, Tensor]:
    """The network's ``weights`` with the gate of ``TypeLearning.state_dict`` in the head: W (g * z) = (W g) z."""
    return weights | {HEAD_WEIGHT: weights[HEAD_WEIGHT] * types["gate"]["gate"]}
