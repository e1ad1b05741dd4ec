"""A labelled study as the network meets it in training: the way of ``pipeline.analyse``, with its labels beside it."""

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
    TypeLabels,
)
from services.ct_segmentation.training.framed_slices import FramedSlices, bleeds_of
from services.ct_segmentation.windowing import brain_window


def labelled_slices(study: LabelledStudy) -> FramedSlices:
    """Average ``study`` to the network's grid, window and frame it, and carry every label along.

    Thin slices are averaged to about 5 mm: a type is present where it is on any slice of a slab, and absent only where
    it is on none. A mask is known where it was outlined, and the haematoma's also where "any" is known to be absent.
    What is not known is 0 in ``masks`` and False in ``types``. Two studies of one patient are two stacks: split by
    ``LabelledDataset.of(patients)`` before.
    """
    grid = network_grid(study.hu.shape, study.spacing_mm)
    windowed = brain_window(grid.average(study.hu))
    frame = find_frame(windowed)
    types = _slab_types(study.slice_types, grid)
    shares, outlined = _masks(study, grid)
    outlined[:, 0] |= types.known[:, ANY] & ~types.present[:, ANY]
    masks = np.stack([[frame.crop(mask) for mask in slab] for slab in shares])
    by_type = np.stack([[frame.crop(share) for share in of_type] for of_type in _type_shares(study, grid)])
    return FramedSlices(
        images=np.stack([frame.crop(image) for image in windowed]),
        masks=masks,
        outlined=outlined,
        bleeds=bleeds_of(by_type, masks[:, 0]),
        types=types.present,
        known=types.known,
        stacks=np.full(len(windowed), f"{study.dataset}/{study.study}"),
    )


def _slab_types(types: TypeLabels, grid: NetworkGrid) -> TypeLabels:
    present = np.logical_or.reduceat(types.present, grid.starts, axis=0)
    return TypeLabels(present, present | np.logical_and.reduceat(types.known, grid.starts, axis=0))


def _type_shares(study: LabelledStudy, grid: NetworkGrid) -> NDArray[np.uint8]:
    """The share of each voxel of the network's grid that is blood of each type, (5, N, H, W); 0 where none is told."""
    shares = np.zeros((len(TYPE_LABELS), len(grid.starts), grid.height, grid.width), np.uint8)
    if study.outlines is not None:
        for share, label in zip(shares, TYPE_LABELS, strict=True):
            share[:] = grid.average((study.outlines.labels == label).astype(np.int16) * np.int16(255))
    return shares


def _masks(study: LabelledStudy, grid: NetworkGrid) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Haematoma and oedema on the network's grid, (N, 2, H, W), and whether each is known, (N, 2)."""
    shares = np.zeros((len(grid.starts), 2, grid.height, grid.width), np.uint8)
    outlined = np.zeros((len(grid.starts), 2), np.bool_)
    outlines = study.outlines
    if outlines is None:
        return shares, outlined
    told = outlines.told_apart
    every_bleed = Label.UNSPECIFIED in told or told.issuperset(TYPE_LABELS)
    channels = ((HAEMORRHAGE, every_bleed), (frozenset({Label.OEDEMA}), Label.OEDEMA in told))
    for channel, (labels, complete) in enumerate(channels):
        inside = np.isin(outlines.labels, list(labels)).astype(np.int16) * np.int16(255)
        shares[:, channel] = grid.average(inside)
        outlined[:, channel] = np.logical_and.reduceat(outlines.trusted, grid.starts) & complete
    shares[~outlined] = 0
    return shares, outlined
