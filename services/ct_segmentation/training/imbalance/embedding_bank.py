"""A small memory of recent [cls] embeddings, so that a rare type has neighbours when the batch shows it once."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LabelledEmbeddings:
    """``embeddings`` (N, d) float32 with the types ``targets`` and ``labelled`` (N, T) 0/1; unknown targets are 0."""

    embeddings: Tensor
    targets: Tensor
    labelled: Tensor

    def __len__(self) -> int:
        return len(self.embeddings)


class EmbeddingBank(nn.Module):
    """One ring of ``capacity`` embeddings for each type and one for slices without any.

    A slice of several types lies in the ring of the one that is rarest by ``positives`` (T,), the numbers of training
    slices: a slice is kept once, or it would be its own neighbour. Everything is a buffer: ``state_dict`` restores a
    killed run exactly, ``to`` moves it to a GPU.
    """

    embeddings: Tensor
    targets: Tensor
    labelled: Tensor
    positives: Tensor
    written: Tensor

    def __init__(self, width: int, positives: Tensor, capacity: int) -> None:
        super().__init__()
        types = len(positives)
        self.capacity = capacity
        self.register_buffer("positives", positives.double().clone())
        self.register_buffer("embeddings", torch.zeros(types + 1, capacity, width))
        self.register_buffer("targets", torch.zeros(types + 1, capacity, types))
        self.register_buffer("labelled", torch.zeros(types + 1, capacity, types))
        self.register_buffer("written", torch.zeros(types + 1, dtype=torch.long))  # ever, by ring

    @torch.no_grad()
    def add(self, embeddings: Tensor, targets: Tensor, labelled: Tensor) -> None:
        """Keep a batch, ``embeddings`` (B, d), ``targets`` and ``labelled`` (B, T); the oldest of a ring make room."""
        known = labelled.expand_as(targets) > 0
        present = (targets > 0) & known
        rarest = torch.where(present, self.positives, torch.inf).argmin(1)
        ring = rarest.where(present.any(1), len(self.positives))  # (B,)
        member = torch.nn.functional.one_hot(ring, len(self.written))  # (B, T + 1)
        turn = (member.cumsum(0) * member).sum(1) - 1  # 0 for the first of its ring in this batch
        slot = (self.written[ring] + turn) % self.capacity
        last = turn >= member.sum(0)[ring] - self.capacity  # a slot is written once, else its content were by chance
        place = (ring[last], slot[last])
        self.embeddings[place] = embeddings.detach().float()[last]
        self.targets[place] = present.float()[last]
        self.labelled[place] = known.float()[last]
        self.written += member.sum(0)

    def joined_with(self, embeddings: Tensor, targets: Tensor, labelled: Tensor) -> LabelledEmbeddings:
        """A batch, still carrying its gradient, followed by everything kept."""
        known = labelled.expand_as(targets) > 0
        filled = torch.arange(self.capacity, device=self.written.device) < self.written[:, None]  # (T + 1, capacity)
        return LabelledEmbeddings(
            torch.cat([embeddings.float(), self.embeddings[filled]]),
            torch.cat([((targets > 0) & known).float(), self.targets[filled]]),
            torch.cat([known.float(), self.labelled[filled]]),
        )
