"""Outlines of real bleeds without their images: NIfTI labels in zip files, as HemSeg-200 and HemSeg-500 come."""

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.reading.nifti import RAS_TO_LPS
from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError, ImageUnreadableError

SUFFIX = ".nii.gz"


@dataclass(frozen=True)
class BleedMask:
    """``mask`` (S, H, W); ``affine`` maps (column, row, slice) to LPS mm; ``name`` is the scan's."""

    name: str
    mask: NDArray[np.bool_]
    affine: NDArray[np.float64]


@dataclass(frozen=True)
class BleedMasks:
    """The masks in all zip files of a folder, sorted by file, read one at a time."""

    entries: tuple[tuple[Path, str], ...]

    @classmethod
    def open(cls, folder: Path) -> "BleedMasks":
        """List the masks below ``folder``.

        Raises DatasetFileMissingError where there is none, ImageUnreadableError for a broken zip file.
        """
        entries = []
        for archive in sorted(folder.glob("*.zip")):
            try:
                with zipfile.ZipFile(archive) as file:
                    entries += [(archive, name) for name in sorted(file.namelist()) if name.endswith(SUFFIX)]
            except zipfile.BadZipFile as error:
                raise ImageUnreadableError(f"{archive.name} is not a readable zip file; download it again.") from error
        if not entries:
            raise DatasetFileMissingError(f"No zip file in {folder.name} holds a {SUFFIX} mask; name another folder.")
        return cls(tuple(entries))

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[BleedMask]:
        """Read every mask in turn. Raises ImageUnreadableError for one that is no 3-D NIfTI."""
        for archive, name in self.entries:
            with zipfile.ZipFile(archive) as file:
                yield _read(name, file.read(name))


def _read(name: str, packed: bytes) -> BleedMask:
    try:
        image: Any = nib.Nifti1Image.from_bytes(gzip.decompress(packed))
        labels = np.asanyarray(image.dataobj)
    except Exception as error:  # nibabel raises whatever a broken file leads it to
        raise ImageUnreadableError(f"The mask {name} is not a readable NIfTI file; download it again.") from error
    if labels.ndim != 3:
        raise ImageUnreadableError(f"The mask {name} has {labels.ndim} dimensions where it must have 3; leave it out.")
    scan = name.rsplit("/", 1)[-1].removesuffix(SUFFIX)
    return BleedMask(scan, labels.T > 0, RAS_TO_LPS @ np.asarray(image.affine, np.float64))
