"""BHSD: 192 head CTs of the RSNA 2019 set with five types outlined (Wu et al., MLMI 2023, arXiv 2308.11298).

Layouts: nnU-Net's, as in the authors' ``dataset.json`` (``imagesTr/``, ``labelsTr/``, ``imagesTs/``), or that of their
archive ``label_192.zip`` (``images/``, ``ground truths/``). Files are ``ID_xxxxxxxx_ID_yyyyyyyyyy.nii.gz``: RSNA's
PatientID, then its StudyInstanceUID. Patients occur twice (``ID_2db7ee14`` in the published list), and all of them are
RSNA patients too: they carry RSNA's patient ids here.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetLabelMapError,
    DatasetTableError,
)
from services.ct_segmentation.training.datasets.labelled_study import Label, LabelledStudy, LeftOut
from services.ct_segmentation.training.datasets.nifti_pairs import nifti_files, outlined_study, pair_up, read_pair
from services.ct_segmentation.training.datasets.rsna2019 import rsna_patient

CODES = {1: Label.EDH, 2: Label.IPH, 3: Label.IVH, 4: Label.SAH, 5: Label.SDH}
NAMES = {
    "background": Label.BACKGROUND,
    "epidural": Label.EDH,
    "intraparenchymal": Label.IPH,
    "intraventricular": Label.IVH,
    "subarachnoid": Label.SAH,
    "subdural": Label.SDH,
}
# Image folder and label folder; the test labels exist in some copies, though no list names them.
FOLDERS = (("imagesTr", "labelsTr"), ("imagesTs", "labelsTs"), ("images", "ground truths"))
STUDY = re.compile(r"(ID_[0-9a-f]+)_ID_[0-9a-f]+")


class Bhsd(LabelledDataset):
    """Every scan with a label, of training and test; scans without one are left out and counted."""

    name = "bhsd"

    def __init__(self, folder: Path) -> None:
        """Raises DatasetFileMissingError, DatasetTableError, DatasetLabelMapError."""
        self._images, self._outlines = {}, {}
        for images, labels in FOLDERS:
            self._images.update(nifti_files(folder / images))
            self._outlines.update(nifti_files(folder / labels))
        paired, left_out = pair_up(self._images, self._outlines)
        if not paired:
            raise DatasetFileMissingError(
                f"{folder} has no scan with a label in imagesTr/ and labelsTr/, nor in images/ and 'ground truths'/; "
                "give the folder that holds them."
            )
        if (folder / "dataset.json").is_file():
            left_out += self._compare_with(folder / "dataset.json")
        misnamed = [study for study in paired if not STUDY.fullmatch(study)]
        left_out += [
            LeftOut(study, "patient_unknown", f"{study} is not named by patient and study, so that it cannot be split.")
            for study in misnamed
        ]
        super().__init__({study: _patient(study) for study in paired if study not in misnamed}, left_out)

    def _read(self, study: str) -> LabelledStudy:
        pair = read_pair(self._images[study], self._outlines[study], CODES)
        return outlined_study(self.name, study, self.studies[study], pair, frozenset(CODES.values()))

    def _compare_with(self, path: Path) -> list[LeftOut]:
        """Scans that ``dataset.json`` lists and the folders lack, after a check that it codes labels as we do."""
        try:
            listing = json.loads(path.read_text())
            codes = {int(code): str(name).strip().lower() for code, name in listing["labels"].items()}
            listed = [*(entry["image"] for entry in listing["training"]), *listing.get("test", ())]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetTableError(f"{path} is not an nnU-Net dataset.json ({error}); download it again.") from error
        _check_codes(codes)
        studies = sorted({Path(entry).name.removesuffix(".nii.gz") for entry in listed} - set(self._images))
        return [
            LeftOut(study, "image_missing", f"dataset.json lists {study}, which is not there.") for study in studies
        ]


def _patient(study: str) -> str:
    found = STUDY.fullmatch(study)
    return rsna_patient(found.group(1)) if found else study


def _check_codes(codes: Mapping[int, str]) -> None:
    published = {0: Label.BACKGROUND, **CODES}
    if {code: NAMES.get(name) for code, name in codes.items()} != published:
        raise DatasetLabelMapError(
            f"dataset.json codes its labels as {dict(codes)}, not as BHSD does; another set must not be read as BHSD."
        )
