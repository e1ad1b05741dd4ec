"""Between the grid a scan was acquired on, the radiological view, and an upright grid for viewers; nothing is blurred.

Patient coordinates are DICOM's LPS in mm: x to the left, y to the back, z to the top.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.errors import NotAxialError
from services.ct_segmentation.volume import AIR_HU, TILT_NAMED_ABOVE_DEGREES, CtVolume, spacing_of
from shared.contracts.ct import Peculiarity

T = TypeVar("T", bound=np.generic)

OBLIQUE_NAMED_ABOVE_DEGREES = 15.0
# Coronal or sagittal slices thicker than this make axial pixels that the network has never seen.
MAX_REFORMATTED_SPACING_MM = 1.5


@dataclass(frozen=True)
class CanonicalView:
    """A volume in the radiological view: slices from inferior to superior, rows from anterior to posterior, columns
    from the patient's right to the left (the patient's right is on the image's left).

    ``hu`` is int16 (S, H, W), a view of the native array without a copy; ``affine`` (4, 4) maps (column, row,
    slice, 1) of this view to LPS mm. ``axes`` gives the native array's axis for each axis of the view, ``flipped``
    whether it is then reversed.
    """

    hu: NDArray[np.int16]
    affine: NDArray[np.float64]
    axes: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]
    peculiarities: tuple[Peculiarity, ...] = ()

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """(slice, row, column) spacing of the view in mm; the slice spacing is perpendicular to the slices."""
        return spacing_of(self.affine)

    def native_slice(self, index: int) -> int | None:
        """The native slice that the view's slice ``index`` is; None where the view's slices cut across native ones."""
        if self.axes[0] != 0:
            return None
        return len(self.hu) - 1 - index if self.flipped[0] else index

    def to_native(self, array: NDArray[T]) -> NDArray[T]:
        """The exact inverse for any array (S, H, W) on this view, such as a mask."""
        return _flip(array, self.flipped).transpose(tuple(np.argsort(self.axes)))


def canonical_view(volume: CtVolume) -> CanonicalView:
    """See ``volume`` as a radiologist does, by swapping and reversing axes alone.

    Raises NotAxialError for coronal or sagittal slices that are too thick to be seen axially.
    """
    directions = np.stack([_unit(volume.affine[:3, 2 - axis]) for axis in range(3)])  # native array axis -> LPS
    up_back_left = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])  # what the view's axes grow towards
    cosines = up_back_left @ directions.T  # (view axis, native axis)
    axes = max(permutations(range(3)), key=lambda order: sum(abs(cosines[v, a]) for v, a in enumerate(order)))
    flipped = tuple(bool(cosines[v, a] < 0) for v, a in enumerate(axes))
    if axes[0] != 0 and volume.spacing_mm[0] > MAX_REFORMATTED_SPACING_MM:
        raise NotAxialError(
            f"The slices are coronal or sagittal and {volume.spacing_mm[0]:.1f} mm apart; send the axial series."
        )
    affine = volume.affine.copy()
    for v, (axis, reverse) in enumerate(zip(axes, flipped, strict=True)):
        column = volume.affine[:3, 2 - axis]
        affine[:3, 2 - v] = -column if reverse else column
        if reverse:
            affine[:3, 3] += column * (volume.hu.shape[axis] - 1)
    return CanonicalView(
        hu=_flip(volume.hu.transpose(axes), (flipped[0], flipped[1], flipped[2])),
        affine=affine,
        axes=(axes[0], axes[1], axes[2]),
        flipped=(flipped[0], flipped[1], flipped[2]),
        peculiarities=tuple(_view_peculiarities(volume, affine, axes[0] != 0)),
    )


@dataclass(frozen=True)
class UprightGrid:
    """An orthogonal grid around a sheared view: every slice moved in its plane by whole pixels.

    Moving by whole pixels errs by at most half a pixel (about 0.2 mm), blurs nothing, keeps every voxel's value and
    thereby every volume, and has an exact inverse. An orthogonal view is its own upright grid.

    ``affine`` maps (column, row, slice, 1) of the upright grid to LPS mm. ``row_offsets`` and ``column_offsets``, int
    (S,), say where each slice's first pixel goes; ``shape`` is the upright (S, H', W').
    """

    affine: NDArray[np.float64]
    row_offsets: NDArray[np.intp]
    column_offsets: NDArray[np.intp]
    shape: tuple[int, int, int]
    native_shape: tuple[int, int, int]

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """(slice, row, column) spacing in mm."""
        return spacing_of(self.affine)

    def shear(self, array: NDArray[T], fill: int = AIR_HU) -> NDArray[T]:
        """Lay an array (S, H, W) of the view onto the upright grid; what it does not cover is ``fill``."""
        if self.shape == self.native_shape:
            return array
        height, width = self.native_shape[1:]
        upright = np.full(self.shape, fill, array.dtype)
        for k, (row, column) in enumerate(zip(self.row_offsets, self.column_offsets, strict=True)):
            upright[k, row : row + height, column : column + width] = array[k]
        return upright

    def unshear(self, array: NDArray[T]) -> NDArray[T]:
        """The exact inverse of ``shear``: (S, H', W') back to (S, H, W)."""
        if self.shape == self.native_shape:
            return array
        height, width = self.native_shape[1:]
        native = np.empty(self.native_shape, array.dtype)
        for k, (row, column) in enumerate(zip(self.row_offsets, self.column_offsets, strict=True)):
            native[k] = array[k, row : row + height, column : column + width]
        return native


def upright_grid(view: CanonicalView) -> UprightGrid:
    """The orthogonal grid of ``view``: same pixels and slices, with the step from slice to slice along the normal."""
    across, down, step = (view.affine[:3, column] for column in range(3))
    normal = _unit(np.cross(across, down))
    slices, height, width = view.hu.shape
    index = np.arange(slices)
    rows = np.rint(index * (step @ down) / (down @ down)).astype(np.intp)
    columns = np.rint(index * (step @ across) / (across @ across)).astype(np.intp)
    affine = view.affine.copy()
    affine[:3, 2] = normal * (step @ normal)
    affine[:3, 3] += down * rows.min() + across * columns.min()
    return UprightGrid(
        affine=affine,
        row_offsets=rows - rows.min(),
        column_offsets=columns - columns.min(),
        shape=(slices, height + int(np.ptp(rows)), width + int(np.ptp(columns))),
        native_shape=(slices, height, width),
    )


def _view_peculiarities(volume: CtVolume, affine: NDArray[np.float64], reformatted: bool) -> list[Peculiarity]:
    named = []
    tilt = volume.tilt_degrees
    if tilt > TILT_NAMED_ABOVE_DEGREES:
        detail = f"The gantry was tilted by {tilt:.1f} degrees, seen from the slice positions."
        named.append(Peculiarity(code="gantry_tilt", detail=detail))
    if reformatted:
        named.append(Peculiarity(code="not_acquired_axial", detail="Coronal or sagittal slices were read axially."))
    normal = _unit(np.cross(affine[:3, 0], affine[:3, 1]))
    angles = [np.degrees(np.arccos(np.clip(cosine, -1, 1))) for cosine in (normal[2], _unit(affine[:3, 0])[0])]
    if max(angles) > OBLIQUE_NAMED_ABOVE_DEGREES:
        named.append(
            Peculiarity(
                code="oblique_slices",
                detail=f"The slices are turned by {angles[0]:.0f} degrees from the axial plane and by {angles[1]:.0f} "
                "from the patient's left-right axis.",
            )
        )
    return named


def _flip(array: NDArray[T], flipped: tuple[bool, bool, bool]) -> NDArray[T]:
    return array[tuple(slice(None, None, -1 if reverse else None) for reverse in flipped)]


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return result
