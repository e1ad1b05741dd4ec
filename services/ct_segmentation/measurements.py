"""Volumes, lesions and ABC/2 of masks, in mL and mm, measured on the grid on which the scan was acquired."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull
from scipy.spatial.distance import cdist

from services.ct_segmentation.volume import spacing_of, voxel_ml_of

# A ball of 5.8 mm: about what one 5 mm slice can show at all. Smaller predictions are specks.
MIN_LESION_ML = 0.1
TISSUE_ABOVE_HU = -300
# Voxels that touch by a face, an edge or a corner belong to one lesion.
TOUCHING = np.ones((3, 3, 3), bool)
HEAD_GRID_MM = 1.0


@dataclass(frozen=True)
class Lesion:
    """One connected part of a mask.

    ``centroid_mm`` is in LPS coordinates; ``first_voxel`` and ``last_voxel`` bound it (both inclusive) as
    (slice, row, column) of the view it was measured on.
    """

    volume_ml: float
    centroid_mm: tuple[float, float, float]
    first_voxel: tuple[int, int, int]
    last_voxel: tuple[int, int, int]


@dataclass(frozen=True)
class AbcHalf:
    """The ABC/2 estimate of one lesion and its parts; ``slice_index`` is the slice on which A and B were measured."""

    volume_ml: float
    a_mm: float
    b_mm: float
    c_mm: float
    slice_index: int


@dataclass(frozen=True)
class Measurement:
    """What is measured of one class's mask. ``largest_slice`` is the slice with most of it; None when empty."""

    volume_ml: float
    lesions: tuple[Lesion, ...]
    largest_slice: int | None
    abc_half: AbcHalf | None


def measure(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> Measurement:
    """Measure ``mask`` (S, H, W) on the grid of ``affine`` (voxel (column, row, slice) -> LPS mm).

    Volume in mL = voxels x |det(affine)| / 1000. Lesions are 26-connected, the largest first; ABC/2 is of the largest.
    """
    labels, count, corner = _parts(mask)
    if not count:
        return Measurement(0.0, (), None, None)
    voxel_ml = voxel_ml_of(affine)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes = ndimage.find_objects(labels)
    order = np.argsort(-sizes, kind="stable")
    lesions = tuple(
        _lesion(labels[boxes[n]] == n + 1, corner + [part.start for part in boxes[n]], affine) for n in order
    )
    largest = int(order[0])
    box = boxes[largest]
    return Measurement(
        volume_ml=float(np.count_nonzero(mask) * voxel_ml),
        lesions=lesions,
        largest_slice=int(mask.sum(axis=(1, 2)).argmax()),
        abc_half=abc_half(labels[box] == largest + 1, spacing_of(affine), first_slice=int(corner[0]) + box[0].start),
    )


def _parts(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int, NDArray[np.intp]]:
    """The connected parts of ``mask`` within its bounding box, their number, and the box's first voxel.

    Labelling the box alone spares the 250 MB that labels of a whole thin-slice series would take.
    """
    box = bounding_box(mask)
    labels = np.empty(mask[box].shape, np.int32)
    count = int(ndimage.label(mask[box], structure=TOUCHING, output=labels)) if labels.size else 0
    return labels, count, np.array([part.start for part in box])


def bounding_box(mask: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    """The smallest part of ``mask`` (S, H, W) that holds all of it; of size 0 where it is empty."""
    used = [np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis))) for axis in range(3)]
    slices, rows, columns = (slice(int(on[0]), int(on[-1]) + 1) if on.size else slice(0, 0) for on in used)
    return slices, rows, columns


def _lesion(mask: NDArray[np.bool_], start: NDArray[np.intp], affine: NDArray[np.float64]) -> Lesion:
    """``mask`` is the lesion in its bounding box, ``start`` the box's first voxel."""
    voxels = np.argwhere(mask) + start  # (N, 3): slice, row, column
    centroid = affine[:3, :3] @ voxels.mean(axis=0)[::-1] + affine[:3, 3]
    last = start + mask.shape - 1
    return Lesion(
        volume_ml=len(voxels) * voxel_ml_of(affine),
        centroid_mm=(float(centroid[0]), float(centroid[1]), float(centroid[2])),
        first_voxel=(int(start[0]), int(start[1]), int(start[2])),
        last_voxel=(int(last[0]), int(last[1]), int(last[2])),
    )


def abc_half(lesion: NDArray[np.bool_], spacing_mm: tuple[float, float, float], first_slice: int = 0) -> AbcHalf:
    """ABC/2 of one lesion (S, H, W) after Kothari et al., Stroke 1996;27:1304.

    A is the longest diameter on the slice with the largest area, B the longest diameter perpendicular to it on the same
    slice, and C the sum over slices of slice spacing x weight: 1 where the area exceeds 75 % of the largest, 0.5 from
    25 to 75 %, 0 below. The estimate is A x B x C / 2. ``spacing_mm`` is (slice, row, column).
    """
    slice_mm, row_mm, column_mm = spacing_mm
    areas = lesion.sum(axis=(1, 2))
    widest = int(areas.argmax())
    share = areas / areas[widest]
    c_mm = float(np.where(share > 0.75, 1.0, np.where(share >= 0.25, 0.5, 0.0)).sum() * slice_mm)
    a_mm, b_mm = _diameters(lesion[widest], row_mm, column_mm)
    return AbcHalf(a_mm * b_mm * c_mm / 2 / 1000, a_mm, b_mm, c_mm, first_slice + widest)


def _diameters(plane: NDArray[np.bool_], row_mm: float, column_mm: float) -> tuple[float, float]:
    """The longest diameter of ``plane`` (H, W) and the longest chord perpendicular to it, in mm.

    Diameters run between the midpoints of pixel edges: between pixel centres they would come out one pixel short.
    """
    centres = np.argwhere(plane & ~ndimage.binary_erosion(plane))
    edges = np.array([[-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]])
    points = (centres[:, None, :] + edges).reshape(-1, 2) * (row_mm, column_mm)  # (4N, 2) mm
    corners = _hull(points)
    distances = cdist(corners, corners)
    first, second = np.unravel_index(int(distances.argmax()), distances.shape)
    a_mm = float(distances[first, second])
    along = (corners[second] - corners[first]) / a_mm
    position, height = points @ along, points @ np.array([-along[1], along[0]])
    bins = np.floor((position - position.min()) / max(row_mm, column_mm)).astype(np.intp)
    tops, bottoms = np.full(bins.max() + 1, -np.inf), np.full(bins.max() + 1, np.inf)
    np.maximum.at(tops, bins, height)
    np.minimum.at(bottoms, bins, height)
    return a_mm, float((tops - bottoms).max())


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    # Four edge midpoints around even a single pixel span an area, so that a hull always exists.
    corners: NDArray[np.float64] = points[ConvexHull(points).vertices]
    return corners


def without_specks(mask: NDArray[np.bool_], voxel_ml: float, min_ml: float = MIN_LESION_ML) -> NDArray[np.bool_]:
    """``mask`` (S, H, W) without the 26-connected parts smaller than ``min_ml``."""
    labels, count, corner = _parts(mask)
    keep = np.bincount(labels.ravel(), minlength=count + 1) * voxel_ml >= min_ml
    keep[0] = False
    result = np.zeros_like(mask)
    result[tuple(slice(start, start + size) for start, size in zip(corner, labels.shape, strict=True))] = keep[labels]
    return result


def head_volume_ml(hu: NDArray[np.int16], affine: NDArray[np.float64]) -> float:
    """Volume in mL of the largest connected non-air body in ``hu`` (S, H, W), cavities filled slice by slice.

    Sampled about every millimetre within the slices, which changes a head's volume by far less than 1 %. It checks
    spacing and orientation as a whole: an adult's head, from vertex to skull base, has 2500 to 5000 mL.
    """
    _, row_mm, column_mm = spacing_of(affine)
    step_j, step_i = (max(1, round(HEAD_GRID_MM / mm)) for mm in (row_mm, column_mm))
    tissue = hu[:, ::step_j, ::step_i] > TISSUE_ABOVE_HU
    labels, count = ndimage.label(tissue)
    if not count:
        return 0.0
    head = labels == 1 + int(np.bincount(labels.ravel())[1:].argmax())
    voxels = sum(int(np.count_nonzero(ndimage.binary_fill_holes(plane))) for plane in head)
    return voxels * step_j * step_i * voxel_ml_of(affine)
