"""Quick figures while training, at the network's own scale; what counts is measured after export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices
from services.ct_segmentation.training.sampling import scaled
from shared.evaluation.bootstrap import bootstrap
from shared.evaluation.estimate import Estimate
from shared.evaluation.scores import roc_auc

MASKS: Final = ("haematoma", "oedema")
_BATCH: Final = 16
_REPEATS: Final = 500  # of the bootstrap: each draws again hundreds of slices for seven areas under curves


@dataclass(frozen=True)
class Answers:
    """What a network says of N slices: pixels of each mask (N, 2) that it shares with the label, that it and the label
    have together, and the logits of the types (N, T)."""

    shared: NDArray[np.float64]
    both: NDArray[np.float64]
    types: NDArray[np.float32]

    def dice(self, mask: int, slices: NDArray[np.intp] | slice = slice(None)) -> float:
        """Dice of one mask over all pixels of some slices; NaN where neither has any."""
        total = float(self.both[slices, mask].sum())
        return 2 * float(self.shared[slices, mask].sum()) / total if total else float("nan")


@torch.inference_mode()
def answers(network: nn.Module, data: FramedSlices, size: int = 256) -> Answers:
    """What ``network`` says of every slice, shown at ``size`` pixels."""
    network.eval()
    device = next(network.parameters()).device
    shared, both = np.zeros((len(data), len(MASKS))), np.zeros((len(data), len(MASKS)))
    types = []
    for chosen in _chunks(len(data)):
        slices = scaled(np.stack([data.triplet(i) for i in chosen]).astype(np.float32) / np.float32(255.0), size)
        with torch.autocast(device.type, torch.bfloat16):
            output = network(slices.to(device).contiguous(memory_format=torch.channels_last))
        drawn = data.outlined[chosen][:, :, None, None]
        predicted = (output.masks > 0).cpu().numpy() & drawn
        target = (scaled(data.masks[chosen].astype(np.float32), size).numpy() > 127) & drawn
        shared[chosen] = (predicted & target).sum(axis=(2, 3))
        both[chosen] = predicted.sum(axis=(2, 3)) + target.sum(axis=(2, 3))
        types.append(output.types.float().cpu().numpy())
    return Answers(shared, both, np.concatenate(types))


def validate(network: nn.Module, data: FramedSlices, size: int = 256) -> dict[str, float]:
    """Dice of both masks over all pixels of the slices that have them drawn, and how well each known type ranks."""
    said = answers(network, data, size)
    figures = {f"{mask}_dice": said.dice(index) for index, mask in enumerate(MASKS)}
    for index, name in enumerate(TYPES):
        auc = _auc(data, said.types, index, np.arange(len(data)))
        if np.isfinite(auc):
            figures["slice_auc" if name == "any" else f"slice_auc_{name}"] = auc
    return {name: round(value, 4) for name, value in figures.items() if np.isfinite(value)}


def validated_with_intervals(network: nn.Module, data: FramedSlices, size: int = 256) -> dict[str, Estimate]:
    """The figures of ``validate`` with 95 % intervals over patients, or over scans where scans were composed."""
    said = answers(network, data, size)
    _, unit = np.unique(data.stacks, return_inverse=True)
    members = [np.flatnonzero(unit == one) for one in range(unit.max() + 1)]

    def over(figure: Callable[[NDArray[np.intp]], float]) -> Estimate:
        return bootstrap(lambda units: figure(np.concatenate([members[one] for one in units])), len(members), _REPEATS)

    figures = {f"{mask}_dice": over(partial(said.dice, index)) for index, mask in enumerate(MASKS)}
    for index, name in enumerate(TYPES):
        figures[f"slice_auc_{name}"] = over(partial(_auc, data, said.types, index))
    return {name: figure for name, figure in figures.items() if np.isfinite(figure.value)}


def type_logits(network: nn.Module, data: FramedSlices) -> NDArray[np.float32]:
    """The type head's logits for every slice, (N, T)."""
    return answers(network, data).types


def _auc(data: FramedSlices, scores: NDArray[np.float32], index: int, slices: NDArray[np.intp]) -> float:
    """Area under the ROC curve of one type among ``slices`` that label it; NaN where they all agree."""
    chosen = slices[data.known[slices, index]]
    present = data.types[chosen, index]
    if not present.any() or present.all():
        return float("nan")
    return roc_auc(present, scores[chosen, index])


def _chunks(count: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, count, _BATCH):
        yield np.arange(start, min(start + _BATCH, count))
