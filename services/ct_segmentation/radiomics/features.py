"""The radiomics of one lesion class, from the masked voxels to the contract."""

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.measurements import bounding_box
from services.ct_segmentation.radiomics.first_order import first_order_features
from services.ct_segmentation.radiomics.shape import shape_features
from shared.contracts.ct import Radiomics


def radiomics(hu: NDArray[np.int16], mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> Radiomics | None:
    """The features of all voxels of ``mask`` (S, H, W) together, as the clinical cohort counts a lesion; None if empty.

    ``hu`` (S, H, W) are Hounsfield units on the same grid, ``affine`` maps (column, row, slice) to LPS mm.
    """
    box = bounding_box(mask)
    lesion = mask[box]
    if not lesion.size:
        return None
    return Radiomics(shape=shape_features(lesion, affine), first_order=first_order_features(hu[box][lesion]))
