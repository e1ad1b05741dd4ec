"""The 14 three-dimensional shape features, under pyradiomics' names."""

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.radiomics.diameters import diameters
from services.ct_segmentation.radiomics.marching_cubes import area_and_volume


def shape_features(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> dict[str, float]:
    """The shape of ``mask`` (S, H, W), one voxel or more, on the grid of ``affine`` (column, row, slice) -> LPS mm.

    Lengths in mm, areas in mm², volumes in mm³, all in patient space, so that they are true on a tilted grid too; the
    2-D diameters lie in the grid's own planes. With V the mesh's volume and A its area, Sphericity = (36 π V²)^(1/3) /
    A. Axis lengths are 4 √λ of the covariance of the voxels' centres, Elongation and Flatness the minor and the least
    axis over the major one. A single voxel has no axes: Elongation and Flatness are then absent.
    """
    steps_mm = affine[:3, 2::-1].T
    area, volume = area_and_volume(mask, steps_mm)
    longest = diameters(mask, steps_mm)
    least, minor, major = _axis_lengths_mm(mask, steps_mm)
    features = {
        "VoxelVolume": float(np.count_nonzero(mask) * abs(np.linalg.det(steps_mm))),
        "MeshVolume": volume,
        "SurfaceArea": area,
        "SurfaceVolumeRatio": area / volume,
        "Sphericity": (36 * np.pi * volume**2) ** (1 / 3) / area,
        "MajorAxisLength": major,
        "MinorAxisLength": minor,
        "LeastAxisLength": least,
        "Maximum3DDiameter": longest.anywhere_mm,
        "Maximum2DDiameterSlice": longest.in_slice_mm,
        "Maximum2DDiameterColumn": longest.in_row_mm,
        "Maximum2DDiameterRow": longest.in_column_mm,
    }
    if major > 0:
        features |= {"Elongation": minor / major, "Flatness": least / major}
    return features


def _axis_lengths_mm(mask: NDArray[np.bool_], steps_mm: NDArray[np.float64]) -> tuple[float, float, float]:
    """The shortest first. The covariance is of all voxels (divided by N), in mm."""
    covariance = np.cov(np.argwhere(mask).T, bias=True)
    variances = np.linalg.eigvalsh(steps_mm.T @ covariance @ steps_mm)
    least, minor, major = 4 * np.sqrt(variances.clip(min=0))  # rounding can leave a flat mask just below zero
    return float(least), float(minor), float(major)
