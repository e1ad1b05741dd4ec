"""From single slices to one evenly spaced grid: sorted by position, checked, small gaps planned for filling."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.errors import (
    DicomGeometryMissingError,
    DuplicateSlicePositionError,
    MixedOrientationError,
    MixedSizeError,
    SliceGapTooLargeError,
    SlicesNotAlignedError,
    TooFewSlicesError,
)
from services.ct_segmentation.reading.slice_headers import SliceHeader

MIN_SLICES = 5
# Two reconstructions of one scan may lie a few hundredths of a millimetre apart: no spacing of slices.
SAME_POSITION_SHARE = 0.05
# Headers print positions and directions with a few decimals.
ROUNDING_MM = 0.01
SAME_SPACING_MM = 1e-3
SAME_DIRECTION_COSINE = 1e-3
# A corner may stray from the straight line by about a pixel, as rounding in some headers does.
MAX_STRAY_MM = 1.0
GAP_FACTOR = 1.5
MAX_FILLED_GAP_MM = 5.0
# A slice this near to its place on the even grid is used as it is (share of the spacing).
SNAP_SHARE = 0.1
# The finest step counts as the regular spacing when at least this share of the steps has it.
REGULAR_SHARE = 0.1


@dataclass(frozen=True)
class GridSlice:
    """How one slice of the grid is made: ``(1 - weight) * sources[0] + weight * sources[1]`` of the sorted slices."""

    sources: tuple[int, int]
    weight: float


@dataclass(frozen=True)
class SliceGrid:
    """The sorted slices and the evenly spaced grid they are laid on.

    ``affine`` maps (column i, row j, slice k, 1) to patient LPS mm. ``gaps`` lists (index of the slice before the gap,
    distance in mm to the next) for every gap that is filled; ``spacings`` every other perpendicular distance.
    """

    ordered: tuple[SliceHeader, ...]
    slices: tuple[GridSlice, ...]
    affine: NDArray[np.float64]
    gaps: tuple[tuple[int, float], ...]
    spacings: tuple[float, ...]


def lay_on_grid(headers: Sequence[SliceHeader]) -> SliceGrid:
    """Sort slices by their position along the normal and plan one evenly spaced grid through them.

    The normal is row direction x column direction; neither InstanceNumber nor file names play a part. All distances are
    perpendicular to the slices.

    Raises TooFewSlicesError, MixedSizeError, MixedOrientationError, DuplicateSlicePositionError,
    SliceGapTooLargeError, SlicesNotAlignedError, DicomGeometryMissingError.
    """
    if len(headers) < MIN_SLICES:
        raise TooFewSlicesError(
            f"The series has {len(headers)} slice(s), fewer than {MIN_SLICES}; send the whole head CT."
        )
    _check_same_size(headers)
    row_direction, column_direction, normal = _common_orientation(headers)
    ordered = tuple(sorted(headers, key=lambda header: float(normal @ np.array(header.position))))
    positions = np.array([header.position for header in ordered])  # (N, 3)
    depths = positions @ normal  # (N,)
    steps = np.diff(depths)
    _check_duplicates(steps)
    spacing = _regular_spacing(steps)
    gaps = _gaps(steps, spacing)
    _check_straight(positions, depths)
    count = max(2, round(float(depths[-1] - depths[0]) / spacing) + 1)
    step = (positions[-1] - positions[0]) / (count - 1)
    affine = np.eye(4)
    affine[:3, 0] = row_direction * ordered[0].column_spacing_mm
    affine[:3, 1] = column_direction * ordered[0].row_spacing_mm
    affine[:3, 2] = step
    affine[:3, 3] = positions[0]
    in_gaps = {index for index, _ in gaps}
    return SliceGrid(
        ordered=ordered,
        slices=_plan(depths, np.linspace(depths[0], depths[-1], count)),
        affine=affine,
        gaps=gaps,
        spacings=tuple(float(s) for index, s in enumerate(steps) if index not in in_gaps),
    )


def _check_same_size(headers: Sequence[SliceHeader]) -> None:
    sizes = Counter((header.rows, header.columns) for header in headers)
    if len(sizes) > 1:
        listed = ", ".join(f"{n} of {rows}x{columns}" for (rows, columns), n in sizes.most_common(3))
        raise MixedSizeError(f"The slices differ in size ({listed} pixels); send one series.")
    spacings = np.array([(header.row_spacing_mm, header.column_spacing_mm) for header in headers])
    if np.ptp(spacings, axis=0).max() > SAME_SPACING_MM:
        raise MixedSizeError(
            f"The slices' pixel spacing varies from {spacings.min():.3f} to {spacings.max():.3f} mm; send one series."
        )


def _common_orientation(
    headers: Sequence[SliceHeader],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Unit row direction, column direction and normal that all slices share."""
    rows = np.array([header.row_direction for header in headers])  # (N, 3)
    columns = np.array([header.column_direction for header in headers])
    spread = max(float(np.ptp(rows, axis=0).max()), float(np.ptp(columns, axis=0).max()))
    if spread > SAME_DIRECTION_COSINE:
        raise MixedOrientationError(
            f"The slices are not parallel (direction cosines differ by up to {spread:.3f}); send one axial series."
        )
    row, column = rows[0], columns[0]
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if not all(0.99 < length < 1.01 for length in lengths) or abs(row @ column) > 0.01:
        raise DicomGeometryMissingError(
            "ImageOrientationPatient is not two perpendicular unit vectors; export the series again with its geometry."
        )
    row = row / lengths[0]
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return row, column, np.cross(row, column)


def _check_duplicates(steps: NDArray[np.float64]) -> None:
    same = np.flatnonzero(steps < SAME_POSITION_SHARE * steps.mean())
    if same.size:
        raise DuplicateSlicePositionError(
            f"{same.size} slice position(s) occur twice, the first at slice {same[0] + 1}; send one series, once."
        )


def _regular_spacing(steps: NDArray[np.float64]) -> float:
    """The mean distance between neighbours where none is a gap, else the finest that occurs regularly, in mm.

    A base at 2.5 mm below a vertex at 5 mm gives 2.5 mm, so that the coarse part can be filled.
    """
    median = float(np.median(steps))
    if median / GAP_FACTOR <= steps.min() and steps.max() <= GAP_FACTOR * median:
        return float(steps.mean())
    shares = [float(np.mean(np.abs(steps - step) <= SNAP_SHARE * step)) for step in steps]
    regular = [step for step, share in zip(steps, shares, strict=True) if share >= REGULAR_SHARE]
    finest = min(regular) if regular else float(np.median(steps))
    return float(np.median(steps[np.abs(steps - finest) <= SNAP_SHARE * finest])) if regular else finest


def _gaps(steps: NDArray[np.float64], spacing: float) -> tuple[tuple[int, float], ...]:
    gaps = tuple((int(k), float(steps[k])) for k in np.flatnonzero(steps > GAP_FACTOR * spacing))
    for index, distance in gaps:
        if distance > MAX_FILLED_GAP_MM + ROUNDING_MM:
            raise SliceGapTooLargeError(
                f"Slices {index + 1} and {index + 2} lie {distance:.1f} mm apart where {spacing:.2f} mm is regular; "
                f"gaps above {MAX_FILLED_GAP_MM:g} mm are not interpolated: export the complete series again."
            )
    return gaps


def _check_straight(positions: NDArray[np.float64], depths: NDArray[np.float64]) -> None:
    share = (depths - depths[0]) / (depths[-1] - depths[0])
    line = positions[0] + share[:, None] * (positions[-1] - positions[0])
    stray = np.linalg.norm(positions - line, axis=1)
    worst = int(stray.argmax())
    if stray[worst] > MAX_STRAY_MM:
        raise SlicesNotAlignedError(
            f"Slice {worst + 1} lies {stray[worst]:.1f} mm beside the line through the others; send one reconstruction."
        )


def _plan(depths: NDArray[np.float64], targets: NDArray[np.float64]) -> tuple[GridSlice, ...]:
    """For every target depth the slice at it, or the two slices around it with the second's weight."""
    spacing = float(targets[1] - targets[0])
    plan = []
    for target in targets:
        nearest = int(np.abs(depths - target).argmin())
        if abs(depths[nearest] - target) <= SNAP_SHARE * spacing:
            plan.append(GridSlice((nearest, nearest), 0.0))
            continue
        after = int(np.clip(np.searchsorted(depths, target), 1, len(depths) - 1))
        weight = float((target - depths[after - 1]) / (depths[after] - depths[after - 1]))
        plan.append(GridSlice((after - 1, after), weight))
    return tuple(plan)
