"""The state of a run on disk, complete enough that a killed run goes on as if nothing had happened.

Batches and dropout are seeded from (seed, step), so no generator state is kept beside the step.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from services.ct_segmentation.training.phe_sich import DatasetError


class AveragedWeights:
    """Exponential moving average of weights and batch-norm statistics; what is validated and exported."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

    def load(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from what a checkpoint kept."""
        for name, tensor in state.items():
            self.state[name].copy_(tensor)

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Fold in the weights after ``step``; early steps count more, so that the start is forgotten."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, tensor in network.state_dict().items():
            if tensor.dtype.is_floating_point:
                self.state[name].lerp_(tensor, 1 - decay)
            else:
                self.state[name].copy_(tensor)


@dataclass
class Checkpoint:
    """``step`` is the number of finished steps, ``seconds`` the training time they took; ``types`` of TypeLearning."""

    step: int
    seconds: float
    settings: dict[str, Any]
    network: dict[str, torch.Tensor]
    averaged: dict[str, torch.Tensor]
    optimiser: dict[str, Any]
    types: dict[str, Any]


def save_checkpoint(
    path: Path,
    step: int,
    seconds: float,
    settings: dict[str, Any],
    network: nn.Module,
    averaged: AveragedWeights,
    optimiser: Optimizer,
    types: dict[str, Any],
) -> None:
    """Write beside and rename: a kill while writing leaves the previous checkpoint whole."""
    content = Checkpoint(step, seconds, settings, network.state_dict(), averaged.state, optimiser.state_dict(), types)
    unfinished = path.with_suffix(".unfinished")
    torch.save(vars(content), unfinished)
    unfinished.replace(path)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read what ``save_checkpoint`` wrote; raises DatasetError where there is none."""
    if not path.is_file():
        raise DatasetError(f"No checkpoint at {path}; train first, or give another --run folder.")
    return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
