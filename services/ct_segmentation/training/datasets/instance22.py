"""INSTANCE 2022: 100 head CTs with haemorrhage outlined as one class (Li et al., arXiv 2301.03281).

Layout: ``train_2/data/001.nii.gz`` and ``train_2/label/001.nii.gz``; the organisers' text calls the folder ``train``.
Labels: 1 is haemorrhage of any type. The 30 validation scans come without labels and are not read.
"""

from pathlib import Path

from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.errors import DatasetFileMissingError
from services.ct_segmentation.training.datasets.labelled_study import Label, LabelledStudy
from services.ct_segmentation.training.datasets.nifti_pairs import nifti_files, outlined_study, pair_up, read_pair

CODES = {1: Label.UNSPECIFIED}


class Instance22(LabelledDataset):
    """The training part, one scan per patient. Scans without a label and labels without a scan are left out."""

    name = "instance22"

    def __init__(self, folder: Path) -> None:
        """Raises DatasetFileMissingError where ``folder`` holds no data/ and label/ pair."""
        root = _training_folder(folder)
        self._images, self._outlines = nifti_files(root / "data"), nifti_files(root / "label")
        paired, left_out = pair_up(self._images, self._outlines)
        if not paired:
            raise DatasetFileMissingError(f"{root} has no scan with a label; unpack the training archive there.")
        super().__init__({study: f"{self.name}-{study}" for study in paired}, left_out)

    def _read(self, study: str) -> LabelledStudy:
        pair = read_pair(self._images[study], self._outlines[study], CODES)
        return outlined_study(self.name, study, self.studies[study], pair, frozenset(CODES.values()))


def _training_folder(folder: Path) -> Path:
    """``train_2`` before ``train``: it is the later release."""
    for candidate in (folder / "train_2", folder / "train", folder):
        if (candidate / "data").is_dir() and (candidate / "label").is_dir():
            return candidate
    raise DatasetFileMissingError(
        f"{folder} holds neither train_2/ nor train/ with data/ and label/ inside; unpack train_2.zip there."
    )
