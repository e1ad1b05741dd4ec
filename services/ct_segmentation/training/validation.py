"""Quick figures while training, at the network's own scale; what counts is measured after export."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices
from shared.evaluation.scores import roc_auc

_BATCH = 16


@torch.inference_mode()
def validate(network: nn.Module, data: FramedSlices) -> dict[str, float]:
    """Dice of both masks over all pixels of the slices that have them drawn, and how well each known type ranks."""
    overlap, total = np.zeros(2), np.zeros(2)
    scores = []
    for chosen, masks, types in _answers(network, data):
        drawn = data.outlined[chosen][:, :, None, None]
        predicted, target = (masks > 0) & drawn, (data.masks[chosen] > 127) & drawn
        overlap += (predicted & target).sum(axis=(0, 2, 3))
        total += predicted.sum(axis=(0, 2, 3)) + target.sum(axis=(0, 2, 3))
        scores.append(types)
    dice = 2 * overlap / np.maximum(total, 1)
    figures = {"haematoma_dice": float(dice[0]), "oedema_dice": float(dice[1])}
    figures |= _aucs(data, np.concatenate(scores))
    return {name: round(value, 4) for name, value in figures.items()}


@torch.inference_mode()
def type_logits(network: nn.Module, data: FramedSlices) -> NDArray[np.float32]:
    """The type head's logits for every slice, (N, T)."""
    return np.concatenate([types for _, _, types in _answers(network, data)])


def _answers(
    network: nn.Module, data: FramedSlices
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]]:
    """Indices of some slices and the logits of their masks (B, 2, H, W) and types (B, T), until all were seen."""
    network.eval()
    device = next(network.parameters()).device
    for chosen in _chunks(len(data)):
        slices = np.stack([data.triplet(i) for i in chosen]).astype(np.float32) / np.float32(255.0)
        with torch.autocast(device.type, torch.bfloat16):
            output = network(torch.from_numpy(slices).to(device).contiguous(memory_format=torch.channels_last))
        yield chosen, output.masks.float().cpu().numpy(), output.types.float().cpu().numpy()


def _aucs(data: FramedSlices, scores: NDArray[np.float32]) -> dict[str, float]:
    """Area under the ROC curve for each type that shows on some of the slices that label it, and not on others."""
    aucs = {}
    for index, name in enumerate(TYPES):
        known = data.known[:, index]
        present = data.types[known, index]
        if present.any() and not present.all():
            aucs["slice_auc" if name == "any" else f"slice_auc_{name}"] = roc_auc(present, scores[known, index])
    return aucs


def _chunks(count: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, count, _BATCH):
        yield np.arange(start, min(start + _BATCH, count))
