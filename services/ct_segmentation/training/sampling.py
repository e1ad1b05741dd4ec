"""Batches of a fixed share of lesion slices, each a pure function of seed and step."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from services.ct_segmentation.training.augmentation import AugmentationConfig, augment
from services.ct_segmentation.training.framed_slices import FramedSlices

# The data set tells whether a slice bleeds, and all its bleeds are intraparenchymal; other types carry no label.
LABELLED_TYPES = ("any", "IPH")


@dataclass(frozen=True)
class Batch:
    """``slices`` (B, 1, H, W), ``masks`` (B, 2, H, W), ``types`` (B, T) and ``labelled`` (T,) 0/1."""

    slices: Tensor
    masks: Tensor
    types: Tensor
    labelled: Tensor


class LesionSampler:
    """Draws batches in which ``lesion_share`` of the slices show a lesion (one in five does in the data)."""

    def __init__(self, data: FramedSlices, types: tuple[str, ...], batch: int, lesion_share: float, seed: int) -> None:
        self._data, self._types, self._seed = data, types, seed
        self._lesion, self._clear = np.flatnonzero(data.lesion), np.flatnonzero(~data.lesion)
        self._lesions = round(batch * lesion_share)
        self._clears = batch - self._lesions
        self._augmentation = AugmentationConfig()
        self._labelled = torch.tensor([float(name in LABELLED_TYPES) for name in types])

    def batch(self, step: int) -> Batch:
        """The batch of one step; the same whenever and however often it is asked for."""
        rng = np.random.default_rng((self._seed, step))
        chosen = np.concatenate([rng.choice(self._lesion, self._lesions), rng.choice(self._clear, self._clears)])
        pairs = [augment(self._data.images[i], self._data.masks[i], rng, self._augmentation) for i in chosen]
        lesion = torch.from_numpy(self._data.lesion[chosen].astype(np.float32))
        return Batch(
            slices=torch.from_numpy(np.stack([image for image, _ in pairs])[:, None]),
            masks=torch.from_numpy(np.stack([masks for _, masks in pairs])),
            types=lesion[:, None] * self._labelled,
            labelled=self._labelled,
        )
