"""A real head without a bleed, and where things lie in it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.composed.fields import Field, Spacing, blurred
from services.ct_segmentation.training.composed.intracranial import Midline, find_midline

# Grey matter is 35 to 40 HU, white 25 to 32, fluid 0 to 15, and more in narrow sulci: none to all of a voxel is fluid
# where it is this much darker than the brain's median.
FLUID_BELOW_BRAIN_HU = (7.5, 18.0)
CALM_MM = 1.2
# Share of the height from the foramen magnum to the vertex that the skull base and the cerebellum take.
SUPRATENTORIAL_FROM = 0.47


@dataclass(frozen=True)
class Head:
    """Slices from inferior to superior, rows from anterior to posterior, columns from the patient's right to left.

    ``hu`` (S, H, W) float32; windowed sources hold 0 to 80 HU, bone as 80 and air as 0. ``depth_mm`` (S, H, W) float32
    is the distance to the skull's inner table, 0 outside the brain's space. ``spacing_mm`` is (slice, row, column),
    rows and columns alike. ``repeats`` above 1 says that each acquired slice stands that many times in a row.
    """

    name: str
    source: str
    hu: Field
    depth_mm: Field
    spacing_mm: Spacing
    repeats: int = 1

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel in mL."""
        return float(np.prod(self.spacing_mm)) / 1000

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """The space inside the inner table, (S, H, W)."""
        return self.depth_mm > 0

    @cached_property
    def calm(self) -> Field:
        """``hu`` with less noise; thin slices are noisier, and are smoothed along the slices too."""
        calm = blurred(self.hu, CALM_MM / self.spacing_mm[1])
        if self.repeats > 1:
            return calm
        return np.asarray(ndimage.gaussian_filter1d(calm, CALM_MM / self.spacing_mm[0], axis=0), np.float32)

    @cached_property
    def brain_hu(self) -> float:
        """The usual density of this head's brain."""
        return float(np.median(self.calm[:: self.repeats][self.inside[:: self.repeats]]))

    @cached_property
    def fluid(self) -> Field:
        """Share of cerebrospinal fluid by density, 0 to 1, (S, H, W)."""
        darkest, brightest = (self.brain_hu - below for below in reversed(FLUID_BELOW_BRAIN_HU))
        share = np.clip((brightest - self.calm) / np.float32(brightest - darkest), 0, 1)
        return np.asarray(share * self.inside, np.float32)

    @cached_property
    def midline(self) -> Midline:
        """The plane between the hemispheres, upright."""
        return find_midline(self.hu[:: self.repeats], self.inside[:: self.repeats], self.spacing_mm[1])

    @cached_property
    def _axial_mm(self) -> tuple[Field, Field]:
        return self.midline.coordinates_mm(self.hu.shape[1:], self.spacing_mm[1])

    @property
    def lateral_mm(self) -> Field:
        """Distance from the midline, (H, W); negative on the patient's right."""
        return self._axial_mm[0]

    @property
    def sagittal_mm(self) -> Field:
        """Distance behind the middle of the brain, (H, W)."""
        return self._axial_mm[1]

    @cached_property
    def supratentorial(self) -> NDArray[np.bool_]:
        """Slices that show the cerebrum and neither cerebellum nor skull base, roughly; (S,).

        Upwards, sections shrink; a part of a head whose sections grow to its top ends at or below the middle.
        """
        areas = self.inside.sum(axis=(1, 2))
        filled = np.flatnonzero(areas)
        if not len(filled) or areas[filled[-1]] > 0.8 * areas.max():
            return np.zeros(len(areas), np.bool_)
        if areas[filled[0]] > 0.8 * areas.max():
            return np.asarray(areas > 0)
        lowest = filled[0] + SUPRATENTORIAL_FROM * (filled[-1] - filled[0])
        return np.asarray(np.arange(len(areas)) > lowest)

    @cached_property
    def height_mm(self) -> Field:
        """Height of each slice above the first, (S,)."""
        return np.arange(len(self.hu), dtype=np.float32) * np.float32(self.spacing_mm[0])


def depth_of(inside: NDArray[np.bool_], spacing_mm: Spacing) -> Field:
    """Distance to the inner table, 0 outside; the first and the last slice of a part of a head are no table."""
    return np.asarray(ndimage.distance_transform_edt(inside, sampling=spacing_mm), np.float32)
