"""A labelled study as the network meets it in training: the way of ``pipeline.analyse``, with its labels beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.framing import find_frame
from services.ct_segmentation.network_grid import NetworkGrid, network_grid
from services.ct_segmentation.training.datasets.labelled_study import (
    ANY,
    HAEMORRHAGE,
    TYPE_LABELS,
    Label,
    LabelledStudy,
)
from services.ct_segmentation.windowing import brain_window


@dataclass(frozen=True)
class LabelledSlices:
    """N slices of one study in the network's frame.

    ``images`` (N, 256, 256) uint8; ``masks`` (N, 2, 256, 256) uint8, haematoma (of every type) and oedema, 255 inside
    and between at edges; ``outlined`` (N, 2) bool, whether each mask is known; ``types`` and ``labelled`` (N, 6) bool
    in the order of ``TYPES``, present and known. What is not known is 0 in ``masks`` and False in ``types``.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    outlined: NDArray[np.bool_]
    types: NDArray[np.bool_]
    labelled: NDArray[np.bool_]
    patient: str


def labelled_slices(study: LabelledStudy) -> LabelledSlices:
    """Average ``study`` to the network's grid, window and frame it, and carry every label along.

    Thin slices are averaged to about 5 mm: a type is present where it is on any slice of a slab, and absent only where
    it is on none. A mask is known where it was outlined, and the haematoma's also where "any" is known to be absent.
    """
    grid = network_grid(study.hu.shape, study.spacing_mm)
    windowed = brain_window(grid.average(study.hu))
    frame = find_frame(windowed)
    present, known = _slab_types(study, grid)
    shares, outlined = _masks(study, grid)
    outlined[:, 0] |= known[:, ANY] & ~present[:, ANY]
    return LabelledSlices(
        images=np.stack([frame.crop(image) for image in windowed]),
        masks=np.stack([[frame.crop(mask) for mask in slab] for slab in shares]),
        outlined=outlined,
        types=present,
        labelled=known,
        patient=study.patient,
    )


def _slab_types(study: LabelledStudy, grid: NetworkGrid) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    types = study.slice_types
    present = np.logical_or.reduceat(types.present, grid.starts, axis=0)
    return present, present | np.logical_and.reduceat(types.known, grid.starts, axis=0)


def _masks(study: LabelledStudy, grid: NetworkGrid) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Haematoma and oedema on the network's grid, (N, 2, H, W), and whether each is known, (N, 2)."""
    shares = np.zeros((len(grid.starts), 2, grid.height, grid.width), np.uint8)
    outlined = np.zeros((len(grid.starts), 2), np.bool_)
    outlines = study.outlines
    if outlines is None:
        return shares, outlined
    told = outlines.told_apart
    bleeds_told = Label.UNSPECIFIED in told or told.issuperset(TYPE_LABELS)
    for channel, (labels, complete) in enumerate(
        ((HAEMORRHAGE, bleeds_told), (frozenset({Label.OEDEMA}), Label.OEDEMA in told))
    ):
        inside = np.isin(outlines.labels, list(labels)).astype(np.int16) * np.int16(255)
        shares[:, channel] = grid.average(inside)
        outlined[:, channel] = np.logical_and.reduceat(outlines.trusted, grid.starts) & complete
    shares[~outlined] = 0
    return shares, outlined
