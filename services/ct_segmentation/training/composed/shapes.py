"""The real bleeds' shapes: the largest connected part of each HemSeg mask, cropped, with its spacing."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from tqdm import tqdm

from services.ct_segmentation.training.composed.fields import Field, Spacing, bounding_box
from services.ct_segmentation.training.phe_sich import DatasetError

SMALLEST_ML = 0.1


@dataclass(frozen=True)
class BleedShape:
    """One bleed: ``mask`` (S, H, W) bool with a voxel of margin in plane, ``spacing_mm`` (slice, row, column)."""

    name: str
    mask: NDArray[np.bool_]
    spacing_mm: Spacing

    @property
    def volume_ml(self) -> float:
        """Volume in mL."""
        return float(self.mask.sum() * np.prod(self.spacing_mm)) / 1000

    def surface_mm(self) -> Field:
        """Signed distance to the outline, positive inside; (S + 2, H, W).

        Distances are taken in each slice and meant to be interpolated between slices (shape-based interpolation, Raya
        and Udupa, IEEE TMI 1990); a slice is added at either end that closes the shape half a slice further on.
        """
        planes = [_plane_distance(plane, self.spacing_mm[1]) for plane in self.mask]
        ends = [plane - 2 * max(float(plane.max()), 1.0) for plane in (planes[0], planes[-1])]
        return np.stack([ends[0], *planes, ends[1]])


def _plane_distance(plane: NDArray[np.bool_], pixel_mm: float) -> Field:
    inside = cv2.distanceTransform(plane.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~plane).astype(np.uint8), cv2.DIST_L2, 5)
    # A pixel inside the edge is half a pixel away from it, not a whole one.
    return np.asarray((inside - outside - 0.5 * np.sign(inside - outside)) * pixel_mm, np.float32)


def read_shapes(folder: Path) -> list[BleedShape]:
    """The shapes of every ``.zip`` of NIfTI masks in ``folder``, by name.

    Raises DatasetError where there is none.
    """
    archives = sorted(folder.glob("*.zip"))
    shapes = [shape for path in archives for shape in _read_archive(path)]
    if not shapes:
        raise DatasetError(f"No zip with NIfTI masks in {folder}; give the folder that holds HemSeg's labels.")
    return shapes


def _read_archive(path: Path) -> Iterator[BleedShape]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith((".nii", ".nii.gz")))
            for name in tqdm(names, desc=path.stem, unit="mask", leave=False):
                data = archive.read(name)
                image = nib.Nifti1Image.from_bytes(gzip.decompress(data) if name.endswith(".gz") else data)
                shape = _largest_part(Path(name).name.split(".")[0], image)
                if shape is not None:
                    yield shape
    except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, nib.filebasedimages.ImageFileError) as error:
        raise DatasetError(f"{path} does not hold readable NIfTI masks; download it again.") from error


def _largest_part(name: str, image: nib.Nifti1Image) -> BleedShape | None:
    """The largest connected part, upright to within the gantry's tilt; None where the mask holds next to nothing."""
    mask = np.asarray(image.dataobj, np.uint8).transpose(2, 1, 0) > 0  # columns run first in NIfTI
    if not mask.any():
        return None
    tight = mask[bounding_box(mask)]
    labels, count = ndimage.label(tight, structure=np.ones((3, 3, 3)))
    largest = int(np.argmax(np.bincount(labels.ravel(), minlength=count + 1)[1:])) + 1
    part = labels == largest
    part = np.pad(part[bounding_box(part)], ((0, 0), (1, 1), (1, 1)))
    column_mm, row_mm, slice_mm = (float(v) for v in np.linalg.norm(image.affine[:3, :3], axis=0))
    # Distances are measured with one pixel size; rows and columns differ by tilt alone.
    shape = BleedShape(name, part, (slice_mm, (row_mm + column_mm) / 2, (row_mm + column_mm) / 2))
    return shape if shape.volume_ml >= SMALLEST_ML else None
