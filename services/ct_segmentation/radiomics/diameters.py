"""The longest distances between points of a mask's surface."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist


@dataclass(frozen=True)
class Diameters:
    """In mm: anywhere, and between points of one plane of constant slice, row, or column index."""

    anywhere_mm: float
    in_slice_mm: float
    in_row_mm: float
    in_column_mm: float


def diameters(mask: NDArray[np.bool_], steps_mm: NDArray[np.float64]) -> Diameters:
    """The diameters of ``mask`` (S, H, W), between the vertices of its marching-cubes surface as in pyradiomics.

    Row n of ``steps_mm`` (3, 3) is the step in mm from a voxel to its neighbour along axis n.
    """
    vertices = _vertices(mask)
    shortest_first = np.argsort(np.ptp(vertices, axis=0))
    # A corner of the hull ends its line of vertices along any axis; the longest lines leave the fewest candidates.
    corners = _line_ends(vertices, *shortest_first) @ steps_mm / 2
    in_plane = [_longest_in_plane(vertices, *_plane_first(axis, shortest_first), steps_mm) for axis in range(3)]
    return Diameters(float(pdist(corners[ConvexHull(corners).vertices]).max()), *in_plane)


def _vertices(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Midway between each inside voxel and its outside neighbours, (N, 3) in half voxels: the mesh's vertices."""
    padded = np.pad(mask, 1)
    vertices = []
    for axis in range(3):
        crossed = np.argwhere(np.diff(padded, axis=axis))
        vertices.append(2 * crossed + np.eye(3, dtype=np.intp)[axis])
    return np.concatenate(vertices)


def _plane_first(plane: int, order: NDArray[np.intp]) -> tuple[int, int, int]:
    across, along = (int(axis) for axis in order if axis != plane)
    return plane, across, along


def _line_ends(vertices: NDArray[np.intp], plane: int, across: int, along: int) -> NDArray[np.intp]:
    """The first and the last vertex on every line along one axis, sorted by plane."""
    ordered = vertices[np.lexsort((vertices[:, along], vertices[:, across], vertices[:, plane]))]
    next_line = np.any(np.diff(ordered[:, [plane, across]], axis=0), axis=1)
    ends: NDArray[np.intp] = ordered[np.append(True, next_line) | np.append(next_line, True)]
    return ends


def _longest_in_plane(
    vertices: NDArray[np.intp], plane: int, across: int, along: int, steps_mm: NDArray[np.float64]
) -> float:
    ends = _line_ends(vertices, plane, across, along)
    points = ends @ steps_mm / 2
    starts = np.flatnonzero(np.append(True, np.diff(ends[:, plane]) != 0))
    boxes = np.maximum.reduceat(points, starts) - np.minimum.reduceat(points, starts)
    bounds = np.linalg.norm(boxes, axis=1)
    planes = np.split(points, starts[1:])
    longest = 0.0
    for n in np.argsort(-bounds):
        if bounds[n] <= longest:  # no plane from here on can hold a longer one
            break
        longest = max(longest, float(pdist(planes[n]).max()))
    return longest
