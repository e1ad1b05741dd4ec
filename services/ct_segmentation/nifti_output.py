"""Volumes and masks as compressed NIfTI files that viewers and scientific tools place rightly."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
# CT hardly compresses; the highest level takes ten times as long for a few per cent.
COMPRESSION = 1
SCANNER = 1  # NIfTI's code for scanner coordinates
SHEAR_TOLERANCE = 1e-4


def write_nifti(path: Path, array: NDArray[np.int16] | NDArray[np.uint8], affine: NDArray[np.float64]) -> None:
    """Write ``array`` (S, H, W) to ``path`` (.nii.gz).

    ``affine`` (4, 4) maps (column, row, slice, 1) to LPS mm; the file holds it in NIfTI's RAS as sform, in mm. An
    orthogonal grid gets the same as qform; a sheared one gets no qform, which could not express it.
    """
    image = nib.Nifti1Image(array.transpose(2, 1, 0), LPS_TO_RAS @ affine)
    image.set_sform(LPS_TO_RAS @ affine, SCANNER)
    directions = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    if np.abs(directions.T @ directions - np.eye(3)).max() < SHEAR_TOLERANCE:
        image.set_qform(LPS_TO_RAS @ affine, SCANNER)
    else:
        image.set_qform(None, 0)
    image.header.set_xyzt_units("mm")
    # Without name and time in its header, equal content gives equal bytes, and the artifact store keeps it once.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as stream:
        image.to_stream(stream)
