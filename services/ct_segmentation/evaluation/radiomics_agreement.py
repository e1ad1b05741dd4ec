"""Are shape features of real bleeds like those that a published cohort lists for its own?"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, DatasetTableError
from shared.evaluation.report import Row

# pyradiomics writes "<image type>_<feature class>_<name>".
COLUMN_PREFIX = "original_shape_"
# By which power of a length a feature grows with size.
DIMENSIONS = {
    "VoxelVolume": 3,
    "MeshVolume": 3,
    "SurfaceArea": 2,
    "SurfaceVolumeRatio": -1,
    "Sphericity": 0,
    "Elongation": 0,
    "Flatness": 0,
    "MajorAxisLength": 1,
    "MinorAxisLength": 1,
    "LeastAxisLength": 1,
    "Maximum3DDiameter": 1,
    "Maximum2DDiameterSlice": 1,
    "Maximum2DDiameterColumn": 1,
    "Maximum2DDiameterRow": 1,
}
DEFINITION = (
    "5th, 50th and 95th percentile of each shape feature here and in the cohort's table. `ratio` divides the medians; "
    "`ratio at like size` does so after each value is divided by VoxelVolume to the power that its unit calls for."
)

Features = dict[str, float]


def read_cohort(path: Path) -> list[Features]:
    """The shape features of a table with pyradiomics' column names, a row per exam.

    Raises DatasetFileMissingError and DatasetTableError.
    """
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise DatasetFileMissingError(f"The table {path.name} cannot be opened; name the cohort's CSV file.") from error
    try:
        features = [{name: float(row[COLUMN_PREFIX + name]) for name in DIMENSIONS} for row in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise DatasetTableError(f"A shape feature in {path.name} is missing or no number ({error}).") from error
    if not features:
        raise DatasetTableError(f"{path.name} has no rows; name the cohort's CSV file.")
    return features


def agreement(ours: Sequence[Features], cohort: Sequence[Features]) -> list[Row]:
    """A row per shape feature, see ``DEFINITION``. A feature that a lesion lacks is left out of its percentiles."""
    return [_row(name, power, ours, cohort) for name, power in DIMENSIONS.items()]


def _row(name: str, power: int, ours: Sequence[Features], cohort: Sequence[Features]) -> Row:
    here, there = ([lesion[name] for lesion in lesions if name in lesion] for lesions in (ours, cohort))
    like_size = [
        float(np.median([lesion[name] / lesion["VoxelVolume"] ** (power / 3) for lesion in lesions if name in lesion]))
        for lesions in (ours, cohort)
    ]
    low, middle, high = _percentiles(here)
    cohort_low, cohort_middle, cohort_high = _percentiles(there)
    return {
        "feature": name,
        "p5": low,
        "median": middle,
        "p95": high,
        "cohort p5": cohort_low,
        "cohort median": cohort_middle,
        "cohort p95": cohort_high,
        "ratio": middle / cohort_middle,
        "ratio at like size": like_size[0] / like_size[1],
    }


def _percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, (5, 50, 95))
    return float(low), float(middle), float(high)


def isotropic(
    mask: NDArray[np.bool_], affine: NDArray[np.float64], step_mm: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """``mask`` (S, H, W) by nearest neighbour on cubes of ``step_mm`` along its own axes, and their affine.

    Shows what a feature owes to the grid alone.
    """
    lengths_mm = np.linalg.norm(affine[:3, 2::-1], axis=0)
    sizes = np.maximum(1, np.rint(mask.shape * lengths_mm / step_mm)).astype(int)
    nearest = [
        np.minimum(((np.arange(size) + 0.5) * step_mm / mm).astype(int), count - 1)
        for size, mm, count in zip(sizes, lengths_mm, mask.shape, strict=True)
    ]
    scaled = affine.copy()
    scaled[:3, 2::-1] *= step_mm / lengths_mm
    return mask[np.ix_(*nearest)], scaled
