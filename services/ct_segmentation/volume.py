"""One CT series as an array of Hounsfield units that knows where it lies in the patient."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import CTImageStorage

from shared.contracts.ct import Peculiarity

AIR_HU = -1024
# Below this, positions printed with a few decimals cannot be told from an upright gantry.
TILT_NAMED_ABOVE_DEGREES = 0.5


@dataclass(frozen=True)
class SeriesIdentity:
    """The DICOM identifiers that a derived object (SEG, SR) must refer to.

    ``sop_instance_uids`` and ``frame_numbers`` follow the slices of ``CtVolume.hu``; a slice that was interpolated
    has no source and is None in all of them. ``frame_numbers`` count from 1, and are 1 for single-frame images.
    ``positions_mm`` are the source's own (LPS), from which the even grid may differ by a tenth of the spacing.

    ``header`` is the data set of one source slice without pixels and frames: what a derived object says of patient and
    study is copied from it. It never enters a log, which is why no repr shows it.
    """

    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str | None
    sop_class_uid: str
    sop_instance_uids: tuple[str | None, ...]
    frame_numbers: tuple[int | None, ...]
    positions_mm: tuple[tuple[float, float, float] | None, ...]
    header: Dataset = field(repr=False)

    @property
    def is_multi_frame(self) -> bool:
        """Whether a slice is a frame of an image, and its number is part of a reference to it."""
        return self.sop_class_uid != CTImageStorage


@dataclass(frozen=True)
class Acquisition:
    """How the scan was made, as far as its header tells."""

    source: str  # "dicom" or "nifti"
    manufacturer: str | None = None
    model: str | None = None
    kernel: str | None = None
    kvp: float | None = None
    slice_thickness_mm: float | None = None
    transfer_syntax: str | None = None
    acquired_at: datetime | None = None  # UTC


@dataclass(frozen=True)
class CtVolume:
    """A CT volume on the grid on which it was acquired.

    ``hu``: int16 (S, H, W), Hounsfield units, slice k, row j, column i; never below ``AIR_HU``.
    ``affine``: float64 (4, 4), maps (column i, row j, slice k, 1) to patient LPS coordinates in mm (x to the
    patient's left, y to the back, z to the top). A tilted gantry shows as a shear in its third column.
    ``identity`` is None when the source is NIfTI, which has no identifiers.
    """

    hu: NDArray[np.int16]
    affine: NDArray[np.float64]
    acquisition: Acquisition
    identity: SeriesIdentity | None = None
    peculiarities: tuple[Peculiarity, ...] = ()

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbours along (slice, row, column), the order of ``hu``'s axes.

        The slice spacing is perpendicular to the slices, so that the product is a voxel's volume even when tilted.
        """
        return spacing_of(self.affine)

    @cached_property
    def tilt_degrees(self) -> float:
        """Angle between the step from slice to slice and the slices' normal; 0 for an orthogonal grid."""
        step_mm = float(np.linalg.norm(self.affine[:3, 2]))
        return float(np.degrees(np.arccos(min(1.0, self.spacing_mm[0] / step_mm))))

    @cached_property
    def voxel_ml(self) -> float:
        """Volume of one voxel in mL: |det(affine)| / 1000, true on a sheared grid too."""
        return voxel_ml_of(self.affine)


def voxel_ml_of(affine: NDArray[np.float64]) -> float:
    """Volume in mL of one voxel of the grid that ``affine`` (4, 4; mm) spans."""
    return float(abs(np.linalg.det(affine[:3, :3])) / 1000)


def spacing_of(affine: NDArray[np.float64]) -> tuple[float, float, float]:
    """(slice, row, column) spacing in mm of ``affine`` (4, 4); the slice spacing is perpendicular to the slices."""
    column_mm = float(np.linalg.norm(affine[:3, 0]))
    row_mm = float(np.linalg.norm(affine[:3, 1]))
    slice_mm = abs(float(np.linalg.det(affine[:3, :3]))) / float(np.linalg.norm(np.cross(affine[:3, 0], affine[:3, 1])))
    return slice_mm, row_mm, column_mm
