"""PhysioNet CT-ICH 1.3.1: 75 head CTs after trauma, outlined, typed per slice (Hssayeni 2020, doi 10.13026/4nae-zg36).

Layout: ``ct_scans/049.nii`` ... ``130.nii`` and ``masks/`` of the same names, ``hemorrhage_diagnosis_raw_ct.csv`` with
a row per slice, ``Patient_demographics.csv`` with a row per patient.

- Scans 59 to 65 were never published, though the demographics list them: counted as left out.
- Masks are binary with 255 (as signed bytes: -1) inside: every voxel that is not 0 counts.
- There is no column for "any": it is what the types imply, checked against ``No_Hemorrhage``.
- ``SliceNumber`` counts from 1 in the order of the file, not of the body: labels are turned with the slices.
- The demographics' header has two merged rows and a line break in ``Age``; rows without a patient number are dropped.
- Patient 70 is held not to be a haemorrhage by users of the set: left out unless asked for.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    LabelsMismatchError,
)
from services.ct_segmentation.training.datasets.labelled_study import (
    ANY,
    Label,
    LabelledStudy,
    LeftOut,
    Outlines,
    TypeLabels,
)
from services.ct_segmentation.training.datasets.nifti_pairs import NiftiPair, nifti_files, pair_up, read_pair
from services.ct_segmentation.training.datasets.tables import read_table, zero_or_one
from services.ct_segmentation.training.framed_slices import TYPES

SLICES = "hemorrhage_diagnosis_raw_ct.csv"
DEMOGRAPHICS = ("Patient_demographics.csv", "patient_demographics.csv")
NONE = "No_Hemorrhage"
COLUMNS = {
    "IPH": "Intraparenchymal",
    "IVH": "Intraventricular",
    "SAH": "Subarachnoid",
    "SDH": "Subdural",
    "EDH": "Epidural",
}
PATIENT = "Patient Number"
# The first row of the merged header names only the first of these five columns, with a blank after its name.
FIRST_TYPE = "Hemorrhage type based on the radiologists diagnosis"
UNDER_FIRST_TYPE = ("IVH", "IPH", "SAH", "EDH", "SDH")
DOUBTFUL = {"070": "Patient 70 is held not to be a haemorrhage by users of the set, against its labels."}


class PhysionetCtIch(LabelledDataset):
    """Every published scan with its mask, typed per slice."""

    name = "physionet_ct_ich"

    def __init__(self, folder: Path, keep_doubtful: bool = False) -> None:
        """``keep_doubtful`` reads patient 70 too. Raises DatasetFileMissingError, DatasetTableError."""
        self._images, self._outlines = nifti_files(folder / "ct_scans"), nifti_files(folder / "masks")
        paired, left_out = pair_up(self._images, self._outlines)
        if not paired:
            raise DatasetFileMissingError(
                f"{folder} has no scan in ct_scans/ with one of the same name in masks/; give the unpacked set."
            )
        self._slices = _slice_table(folder / SLICES)
        self._diagnoses = _diagnoses(folder)
        named = sorted(set(self._slices) | set(self._diagnoses))
        left_out += [
            LeftOut(study, "image_missing", f"The tables have patient {study}, of whom there is no scan.")
            for study in named
            if study not in self._images
        ]
        if not keep_doubtful:
            left_out += [LeftOut(study, "diagnosis_doubtful", DOUBTFUL[study]) for study in paired if study in DOUBTFUL]
            paired = [study for study in paired if study not in DOUBTFUL]
        super().__init__({study: f"{self.name}-{study}" for study in paired}, left_out)

    def _read(self, study: str) -> LabelledStudy:
        pair = read_pair(self._images[study], self._outlines[study], Label.UNSPECIFIED)
        types = self._slice_types(study, pair)
        outlined = pair.labels.any(axis=(1, 2))
        trusted = ~types.known[:, ANY] | (types.present[:, ANY] == outlined)
        left_out = list(pair.left_out)
        if not trusted.all():
            detail = f"Mask and table disagree on slices {_listed(np.flatnonzero(~trusted))} of the view: both unknown."
            left_out.append(LeftOut(study, "mask_contradicts_table", detail))
            types = TypeLabels(types.present & trusted[:, None], types.known & trusted[:, None])
        study_types = types.of_study()
        if self._diagnoses.get(study, study_types.present[1:].tolist()) != study_types.present[1:].tolist():
            left_out.append(
                LeftOut(study, "diagnosis_differs", "Demographics and slices name other types; slices count.")
            )
        return LabelledStudy(
            dataset=self.name,
            study=study,
            patient=self.studies[study],
            hu=np.ascontiguousarray(pair.view.hu),
            affine=pair.view.affine,
            slice_types=types,
            study_types=study_types,
            outlines=Outlines(pair.labels, frozenset({Label.UNSPECIFIED}), trusted),
            left_out=tuple(left_out),
        )

    def _slice_types(self, study: str, pair: NiftiPair) -> TypeLabels:
        """The table's rows in the order of the view's slices; a slice without a row is unknown."""
        present, known = np.zeros((2, len(pair.labels), len(TYPES)), np.bool_)
        for number, (row_present, row_known) in self._slices.get(study, {}).items():
            if not 1 <= number <= len(present):
                raise LabelsMismatchError(
                    f"{SLICES} has slice {number} of scan {study}, which has {len(present)} slices."
                )
            present[number - 1], known[number - 1] = row_present, row_known
        if pair.view.axes[0] != 0:
            raise LabelsMismatchError(
                f"The third axis of scan {study} is not the axial one, so that rows fit no slice."
            )
        return TypeLabels.implied(present, known).at(slice(None, None, -1 if pair.view.flipped[0] else None))


Row = tuple[NDArray[np.bool_], NDArray[np.bool_]]  # present and known, (6,)


def _slice_table(path: Path) -> dict[str, dict[int, Row]]:
    """Rows by scan and slice number. Rows that repeat a slice with other labels leave it unknown."""
    columns = [NONE, *(COLUMNS[name] for name in TYPES[1:])]
    table = read_table(path, ["PatientNumber", "SliceNumber", *columns])
    codes = zero_or_one(table, columns, path.name).to_numpy(copy=True)
    codes[:, 0] = np.where(codes[:, 0] < 0, -1, 1 - codes[:, 0])  # "no haemorrhage" to "any"
    rows: dict[str, dict[int, Row]] = defaultdict(dict)
    for patient, number, code in zip(table["PatientNumber"], table["SliceNumber"], codes, strict=True):
        study, slice_number = _study(patient, path), _whole(number, path)
        row = (code == 1, code >= 0)
        earlier = rows[study].get(slice_number, row)
        agreed = (earlier[0] == row[0]) & earlier[1] & row[1]
        rows[study][slice_number] = (row[0] & agreed, agreed)
    return rows


def _diagnoses(folder: Path) -> dict[str, list[bool]]:
    """Types per patient, in the order of ``TYPES`` without "any"; an empty cell is absent."""
    path = next((folder / name for name in DEMOGRAPHICS if (folder / name).is_file()), folder / DEMOGRAPHICS[0])
    table = read_table(path, [PATIENT])
    start = next((i for i, name in enumerate(table.columns) if str(name).strip() == FIRST_TYPE), None)
    if start is None or start + len(UNDER_FIRST_TYPE) > table.shape[1]:
        raise DatasetTableError(f"{path.name} lacks the five columns under {FIRST_TYPE!r}; download it again.")
    numbered = table[table[PATIENT].str.fullmatch(r"\s*\d+(\.0)?\s*")]
    columns = [start + UNDER_FIRST_TYPE.index(name) for name in TYPES[1:]]
    return {
        _study(patient, path): [_present(cell) for cell in cells]
        for patient, cells in zip(numbered[PATIENT], numbered.iloc[:, columns].to_numpy(), strict=True)
    }


def _present(cell: str) -> bool:
    return cell.strip() not in ("", "0", "0.0")


def _study(patient: str, path: Path) -> str:
    """049 for "49" or "49.0"."""
    return f"{_whole(patient, path):03d}"


def _whole(cell: str, path: Path) -> int:
    try:
        number = float(cell)
    except ValueError:
        number = 0.5
    if not number.is_integer():
        raise DatasetTableError(f"{path.name} has {cell!r} where a whole number must stand; correct the table.")
    return int(number)


def _listed(slices: NDArray[np.intp]) -> str:
    return ", ".join(str(index) for index in slices[:10].tolist()) + (" and more" if len(slices) > 10 else "")
