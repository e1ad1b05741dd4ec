"""The common shape of a labelled head CT: HU in the radiological view, and what its set knows of it.

Sets differ in what they label. What a set does not say is unknown here, never negative.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.framed_slices import TYPES
from services.ct_segmentation.volume import spacing_of

# Its place in ``TYPES``. Sets order types in their own ways (RSNA: EDH, IPH, IVH, SAH, SDH, any): readers map by name.
ANY = TYPES.index("any")


class Label(IntEnum):
    """The one code of label volumes; every set's own codes become these in its reader."""

    BACKGROUND = 0
    IPH = 1
    IVH = 2
    SAH = 3
    SDH = 4
    EDH = 5
    OEDEMA = 6
    UNSPECIFIED = 7  # haemorrhage of a type that the set does not tell


# Entry t is the label of TYPES[1 + t].
TYPE_LABELS = (Label.IPH, Label.IVH, Label.SAH, Label.SDH, Label.EDH)
HAEMORRHAGE = frozenset({*TYPE_LABELS, Label.UNSPECIFIED})


@dataclass(frozen=True)
class TypeLabels:
    """Which types are present, and whether that is known: both bool (..., 6) in the order of ``TYPES``.

    ``present`` is False wherever ``known`` is.
    """

    present: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Raise ValueError for shapes that differ, another number of types, or presence that is not known."""
        if self.present.shape != self.known.shape or self.present.shape[-1] != len(TYPES):
            raise ValueError(f"types have shapes {self.present.shape} and {self.known.shape}, not (..., {len(TYPES)})")
        if (self.present & ~self.known).any():
            raise ValueError("a type is present without being known")

    @classmethod
    def unknown(cls, *shape: int) -> Self:
        """Nothing known, (*shape, 6)."""
        nothing = np.zeros((*shape, len(TYPES)), np.bool_)
        return cls(nothing, nothing)

    @classmethod
    def implied(cls, present: NDArray[np.bool_], known: NDArray[np.bool_]) -> Self:
        """Complete labels by what "any" means: the presence of at least one type.

        No bleed at all rules every type out; one type present makes "any" present; all five absent make it absent.
        A bleed that is of none of the five has types that the set does not tell. Where "any" is absent and yet a type
        is present, the labels contradict each other and none is known.
        """
        any_known, any_present = known[..., :1], present[..., :1] & known[..., :1]  # (..., 1)
        types_known, types_present = known[..., 1:], present[..., 1:] & known[..., 1:]  # (..., 5)
        one = types_present.any(axis=-1, keepdims=True)
        absent, ruled_out = any_known & ~any_present, types_known.all(axis=-1, keepdims=True) & ~one
        consistent = ~(absent & one)
        untold = any_present & ruled_out
        present = np.concatenate([any_present | one, types_present], axis=-1)
        known = np.concatenate([any_known | one | ruled_out, (types_known & ~untold) | absent], axis=-1)
        return cls(present & consistent, known & consistent)

    def of_study(self) -> Self:
        """(S, 6) of slices to (6,) of their study: present on one slice is present; absent needs every slice."""
        present: NDArray[np.bool_] = np.logical_or.reduce(self.present, axis=0)
        return type(self)(present, present | np.logical_and.reduce(self.known, axis=0))

    def at(self, slices: slice | NDArray[np.intp]) -> Self:
        """The labels of some slices, in their order."""
        return type(self)(self.present[slices], self.known[slices])


def types_of_labels(labels: NDArray[np.uint8], told_apart: frozenset[Label]) -> TypeLabels:
    """What a complete label volume (S, H, W) says of each slice: (S, 6).

    ``told_apart`` are the labels that the set's outlines distinguish: with ``Label.UNSPECIFIED`` alone, the types of
    a slice are known only where it does not bleed.
    """
    present = np.zeros((len(labels), len(TYPES)), np.bool_)
    known = np.zeros_like(present)
    for index, label in enumerate(TYPE_LABELS, start=1):
        known[:, index] = label in told_apart
        present[:, index] = (labels == label).any(axis=(1, 2))
    present[:, ANY] = np.isin(labels, list(HAEMORRHAGE)).any(axis=(1, 2))
    known[:, ANY] = Label.UNSPECIFIED in told_apart or told_apart.issuperset(TYPE_LABELS)
    return TypeLabels.implied(present, known)


@dataclass(frozen=True)
class LeftOut:
    """Something of a set that is not used, or not as published: which item, a stable code, and a sentence why."""

    item: str
    code: str
    detail: str


@dataclass(frozen=True)
class Outlines:
    """Bleeds outlined voxel by voxel.

    ``labels`` uint8 (S, H, W) holds ``Label`` codes, of which the set tells ``told_apart``; ``trusted`` (S,) bool is
    False on slices whose outline contradicts what another table of the set says of them.
    """

    labels: NDArray[np.uint8]
    told_apart: frozenset[Label]
    trusted: NDArray[np.bool_]


@dataclass(frozen=True)
class LabelledStudy:
    """One head CT with its labels.

    ``study`` is unique within ``dataset``; ``patient`` is unique over all sets, and sets that share patients (RSNA
    2019, BHSD) give them the same id, so that splitting by it keeps them apart.

    ``hu`` int16 (S, H, W): slices from inferior to superior, rows from anterior to posterior, columns from the
    patient's right to left. ``affine`` float64 (4, 4) maps (column, row, slice, 1) to LPS mm. ``slice_types`` are
    (S, 6), ``study_types`` (6,). ``left_out`` names the parts of the study that could not be used or are doubtful.
    """

    dataset: str
    study: str
    patient: str
    hu: NDArray[np.int16]
    affine: NDArray[np.float64]
    slice_types: TypeLabels
    study_types: TypeLabels
    outlines: Outlines | None = None
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where the parts do not fit each other: a reader's mistake."""
        fits = (
            self.hu.dtype == np.int16
            and self.slice_types.known.shape == (len(self.hu), len(TYPES))
            and self.study_types.known.shape == (len(TYPES),)
            and (self.outlines is None or self.outlines.labels.shape == self.hu.shape)
            and (self.outlines is None or self.outlines.trusted.shape == (len(self.hu),))
        )
        if not fits:
            raise ValueError(f"labels of {self.dataset} {self.study} do not fit its volume {self.hu.shape}")

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """(slice, row, column) spacing in mm; the slice spacing is perpendicular to the slices."""
        return spacing_of(self.affine)
