"""Refuse what is clearly not a head, and nothing else: a head after surgery, or cut at the brow, must pass."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.errors import NotHeadError
from services.ct_segmentation.volume import CtVolume

TISSUE_ABOVE_HU = -300
BONE_ABOVE_HU = 300
# A head's cross-section is at most about 200 x 250 mm (393 cm2 as an ellipse); an adult's chest exceeds 600 cm2.
MAX_MEDIAN_SECTION_CM2 = 600.0
# A skull has several hundred mL of bone; what a partial head scan shows still exceeds this.
MIN_BONE_ML = 20.0
# An adult's brain fills 100 to 190 cm2 of a mid-level slice; the spinal canal, the next largest such ring, about 5.
MIN_RING_CM2 = 20.0
GRID_MM = 2.0


def check_head(volume: CtVolume) -> None:
    """Raise NotHeadError when size or bone exclude a head; works on samples about 2 mm apart.

    A wrong body-part tag alone refuses nothing; together with the lack of a closed skull it does.
    """
    slice_mm, row_mm, column_mm = volume.spacing_mm
    step_k, step_j, step_i = (max(1, int(GRID_MM / mm)) for mm in (slice_mm, row_mm, column_mm))
    sample = volume.hu[::step_k, ::step_j, ::step_i]
    pixel_cm2 = row_mm * step_j * column_mm * step_i / 100
    bone_ml = np.count_nonzero(sample > BONE_ABOVE_HU) * pixel_cm2 * slice_mm * step_k / 10
    if bone_ml < MIN_BONE_ML:
        raise NotHeadError(f"The CT shows {bone_ml:.0f} mL of bone, less than any skull; send a head CT.")
    section = float(np.median([_largest_area(plane > TISSUE_ABOVE_HU) for plane in sample])) * pixel_cm2
    if section > MAX_MEDIAN_SECTION_CM2:
        raise NotHeadError(
            f"The body's cross-section is {section:.0f} cm2, more than any head's; send a head CT with a field of view "
            "around the head."
        )
    named_otherwise = any(peculiarity.code == "body_part_not_head" for peculiarity in volume.peculiarities)
    if named_otherwise and max(_enclosed_area(plane > BONE_ABOVE_HU) for plane in sample) * pixel_cm2 < MIN_RING_CM2:
        raise NotHeadError(
            "The series is tagged as another body part and shows no skull around a brain; send a head CT."
        )


def _largest_area(mask: NDArray[np.bool_]) -> int:
    """Pixels of the largest connected part of ``mask`` (H, W), holes filled."""
    labels, count = ndimage.label(ndimage.binary_fill_holes(mask))
    return int(np.bincount(labels.ravel())[1:].max()) if count else 0


def _enclosed_area(bone: NDArray[np.bool_]) -> int:
    """Pixels of ``bone`` (H, W) that other bone encloses, thin breaks closed."""
    closed = ndimage.binary_closing(bone, iterations=2)
    return int(np.count_nonzero(ndimage.binary_fill_holes(closed) & ~closed))
