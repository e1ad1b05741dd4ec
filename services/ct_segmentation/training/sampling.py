"""Batches of fixed shares of real and composed, bleeding and clear slices, each a pure function of seed and step."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from services.ct_segmentation.training.augmentation import AugmentationConfig, augment
from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.imbalance.rare_class_sampler import RareClassSampler


@dataclass(frozen=True)
class SamplingConfig:
    """How a batch is made up. One slice in five bleeds in the real data; a batch shows it more often.

    Shares of a stratum that has no slices go to the others in proportion.
    """

    batch: int = 8
    real_lesion: float = 0.375
    real_clear: float = 0.25
    composed_lesion: float = 0.25
    composed_clear: float = 0.125
    composed_oedema: bool = False  # rims are composed all round a clot, experts outline what they see of it
    composed_from: int = 0  # the first step with composed slices; before, a batch is real


@dataclass(frozen=True)
class Batch:
    """What one step learns from.

    ``slices`` (B, 3, H, W), ``masks`` (B, 2, H, W), ``outlined`` (B, 2), ``type_masks`` (B, T - 1, H, W),
    ``type_masks_known`` (B, T - 1), ``types`` and ``known`` (B, T), all float32.
    """

    slices: Tensor
    masks: Tensor
    outlined: Tensor
    type_masks: Tensor
    type_masks_known: Tensor
    types: Tensor
    known: Tensor

    def to(self, device: str) -> Self:
        """The same on another device."""
        return type(self)(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class SliceSampler:
    """Draws batches from real and composed slices; within composed bleeds rare types come more often.

    ``repeat_threshold`` is that of repeat-factor sampling; None draws every slice of a stratum alike.
    """

    def __init__(
        self,
        real: FramedSlices,
        composed: FramedSlices | None,
        config: SamplingConfig,
        seed: int,
        repeat_threshold: float | None = None,
    ) -> None:
        if composed is not None and not config.composed_oedema:
            composed = replace(composed, outlined=composed.outlined & np.array([True, False]))
        self._data = real if composed is None else real.joined_with(composed)
        self._seed, self._augmentation = seed, AugmentationConfig()
        is_real = np.arange(len(self._data)) < len(real)
        lesion = self._data.lesion
        strata = [is_real & lesion, is_real & ~lesion, ~is_real & lesion, ~is_real & ~lesion]
        shares = [config.real_lesion, config.real_clear, config.composed_lesion, config.composed_clear]
        self._strata = [np.flatnonzero(stratum) for stratum in strata]
        shares = [share if len(members) else 0.0 for share, members in zip(shares, self._strata, strict=True)]
        self._counts = dealt(config.batch, shares)
        self._counts_before = dealt(config.batch, [*shares[:2], 0.0, 0.0])
        self._composed_from = config.composed_from
        self._samplers = [self._sampler(members, repeat_threshold) for members in self._strata]

    @property
    def data(self) -> FramedSlices:
        """All slices that batches are drawn from, the real ones first."""
        return self._data

    def batch(self, step: int, size: int) -> Batch:
        """The batch of one step at ``size`` x ``size``; the same whenever and however often it is asked for."""
        rng = np.random.default_rng((self._seed, step))
        counts = self._counts if step >= self._composed_from else self._counts_before
        chosen = np.concatenate(
            [
                members[sampler.draw(rng, count)]
                for members, sampler, count in zip(self._strata, self._samplers, counts, strict=True)
                if count and sampler is not None
            ]
        )
        pairs = [
            augment(self._data.triplet(index), self._all_masks(index), rng, self._augmentation) for index in chosen
        ]
        masks = scaled(np.stack([masks for _, masks in pairs]), size)
        type_masks_known = np.stack([self._data.type_masks_known(index) for index in chosen])
        return Batch(
            slices=scaled(np.stack([image for image, _ in pairs]), size),
            masks=masks[:, :2],
            outlined=torch.from_numpy(self._data.outlined[chosen].astype(np.float32)),
            type_masks=masks[:, 2:],
            type_masks_known=torch.from_numpy(type_masks_known.astype(np.float32)),
            types=torch.from_numpy(self._data.types[chosen].astype(np.float32)),
            known=torch.from_numpy(self._data.known[chosen].astype(np.float32)),
        )

    def _all_masks(self, index: int) -> NDArray[np.uint8]:
        """Haematoma, oedema and the blood of each type, (7, 256, 256)."""
        return np.concatenate([self._data.masks[index], self._data.type_masks(index)])

    def _sampler(self, members: NDArray[np.intp], repeat_threshold: float | None) -> RareClassSampler | None:
        if not len(members):
            return None
        present, known = self._data.types[members], self._data.known[members]
        # A threshold under every frequency leaves all factors at 1.
        return RareClassSampler(present, repeat_threshold or 1e-12, known)


def dealt(total: int, shares: list[float]) -> list[int]:
    """``total`` dealt in proportion to ``shares`` by largest remainders; all of it is dealt."""
    exact = total * np.array(shares) / sum(shares)
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[index] += 1
    return [int(count) for count in counts]


def scaled(planes: NDArray[np.float32], size: int) -> Tensor:
    """Planes (B, C, H, W) averaged down to (B, C, ``size``, ``size``)."""
    tensor = torch.from_numpy(planes)
    if tensor.shape[-1] == size:
        return tensor
    return torch.nn.functional.interpolate(tensor, (size, size), mode="bilinear", antialias=True, align_corners=False)
