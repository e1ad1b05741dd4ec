"""The study that everything is measured on: a patient of the data set, or a generated head."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.windowing import brain_window
from tests.fixtures.dicom_series import DicomOptions, dicom_files, write_zip
from tests.fixtures.head_phantom import HeadPhantom


def generated_head(slices: int) -> HeadPhantom:
    """A full-size head with a bleed, of ``slices`` slices of 5 mm."""
    return HeadPhantom(slices=slices, subslices=1)


def windowed_slices(slices: int, data: Path | None, patients: list[str] | None) -> NDArray[np.uint8]:
    """``slices`` windowed slices (S, H, W): of the first patients of ``data``, or generated without it."""
    if data is None:
        return brain_window(generated_head(slices).volume.hu)
    archive = PheSichArchive(data)
    stacks: list[NDArray[np.uint8]] = []
    for patient in archive.choose(patients):
        stacks.append(archive.read(patient).windowed)
        if sum(map(len, stacks)) >= slices:
            break
    return np.concatenate(stacks)[:slices]


def write_study(slices: int, path: Path) -> Path:
    """Write the generated head as a zip of DICOM files to ``path``; the path."""
    volume = generated_head(slices).volume
    write_zip(path, dicom_files(volume.hu, volume.affine, DicomOptions()))
    return path
