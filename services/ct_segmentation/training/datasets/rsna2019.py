"""RSNA Intracranial Hemorrhage Detection 2019 (Kaggle; Flanders et al. 2020, doi 10.1148/ryai.2020190211).

Layout: ``stage_2_train.csv`` with six rows per image (``ID_000012eaf_epidural,0`` ...) and ``stage_2_train/`` with one
DICOM file per image. The test images' labels were never published, so they are not read.

- Rows occur twice: agreeing ones count once, and what contradictory ones say is unknown.
- The type is what follows the *last* underscore; the image's id has one itself.
- Files know their patient and series: studies are series, and patients are split as a whole. A series whose images
  name several patients belongs to none and is left out.
- ``ID_6431af929`` ends before its pixels do, a few images are blank: single slices are left out, not their series.
- The reading of pixels unwraps values stored as unsigned (``reading.pixels``), and never looks at the window, which may
  have several values. Slices are sorted by position and kept as acquired (``dicom_stack``).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.ct_segmentation.geometry import canonical_view
from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.dicom_stack import read_stack
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    SeriesUnusableError,
)
from services.ct_segmentation.training.datasets.labelled_study import LabelledStudy, LeftOut, TypeLabels
from services.ct_segmentation.training.datasets.rsna2019_index import index_images
from services.ct_segmentation.training.datasets.tables import read_table, zero_or_one
from services.ct_segmentation.training.framed_slices import TYPES

TABLE, IMAGES = "stage_2_train.csv", "stage_2_train"
# The folder that Kaggle's own archive unpacks to.
ARCHIVE_FOLDER = "rsna-intracranial-hemorrhage-detection"
NAMES = {
    "any": "any",
    "IPH": "intraparenchymal",
    "IVH": "intraventricular",
    "SAH": "subarachnoid",
    "SDH": "subdural",
    "EDH": "epidural",
}


def rsna_patient(patient: str) -> str:
    """The patient id of RSNA's ``PatientID``, for every set that is made of RSNA's scans."""
    return f"rsna-{patient}"


class Rsna2019(LabelledDataset):
    """The training series, with types per slice."""

    name = "rsna2019"

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        """``cache`` keeps the headers' index, which takes minutes to read from all 752 803 files.

        Raises DatasetFileMissingError, DatasetTableError.
        """
        root = next((path for path in (folder, folder / ARCHIVE_FOLDER) if (path / TABLE).is_file()), folder)
        self._images = root / IMAGES
        if not self._images.is_dir():
            raise DatasetFileMissingError(f"{root} has no {IMAGES}/; unpack the images beside {TABLE}.")
        self._labels, left_out = _labels(root / TABLE)
        index, unreadable = index_images(self._images, cache)
        left_out += unreadable
        left_out += [
            LeftOut(image, "image_missing", f"{TABLE} has labels for {image}, of which there is no file.")
            for image in sorted(set(self._labels) - set(index["image"]) - {entry.item for entry in unreadable})
        ]
        series = index.groupby("series")
        patients = series["patient"].agg(lambda column: sorted(set(column)))
        self._series: Mapping[str, list[str]] = series["image"].agg(list).to_dict()
        left_out += [
            LeftOut(str(name), "patients_mixed", f"The images of series {name} name {len(found)} patients, or none.")
            for name, found in patients.items()
            if len(found) > 1 or not found[0]
        ]
        usable = {str(name): found[0] for name, found in patients.items() if len(found) == 1 and found[0]}
        super().__init__({name: rsna_patient(patient) for name, patient in usable.items()}, left_out)

    def _read(self, study: str) -> LabelledStudy:
        stack = read_stack({image: self._images / f"{image}.dcm" for image in self._series[study]})
        view = canonical_view(stack.volume)
        if view.axes[0] != 0:
            raise SeriesUnusableError(f"The slices of {study} are not axial, so that their labels fit no axial slice.")
        images = stack.names[::-1] if view.flipped[0] else stack.names
        slice_types = self._types(images)
        unlabelled = [
            LeftOut(name, "labels_missing", f"{TABLE} has no {name}.") for name in images if name not in self._labels
        ]
        return LabelledStudy(
            dataset=self.name,
            study=study,
            patient=self.studies[study],
            hu=np.ascontiguousarray(view.hu),
            affine=view.affine,
            slice_types=slice_types,
            study_types=slice_types.of_study(),
            left_out=(*stack.left_out, *unlabelled),
        )

    def _types(self, images: tuple[str, ...]) -> TypeLabels:
        rows = np.full((len(images), len(TYPES)), -1, np.int8)
        for index, image in enumerate(images):
            rows[index] = self._labels.get(image, rows[index])
        return TypeLabels(rows == 1, rows >= 0)


def _labels(path: Path) -> tuple[dict[str, NDArray[np.int8]], list[LeftOut]]:
    """Each image's types in the order of ``TYPES``: 1 present, 0 absent, -1 unknown; and the contradictions found."""
    table = read_table(path, ["ID", "Label"])
    names = table["ID"].str.rsplit("_", n=1, expand=True)
    places = {NAMES[name]: index for index, name in enumerate(TYPES)}
    types = names[1].map(places) if names.shape[1] == 2 else pd.Series([np.nan])
    if types.isna().any():
        wrong = table["ID"][types.isna()].iloc[0]
        raise DatasetTableError(f"{path.name} has the ID {wrong!r}, which does not end in a type; download it again.")
    place, images = pd.factorize(names[0])
    label = zero_or_one(table, ["Label"], path.name)["Label"].to_numpy()
    said = np.zeros((2, len(images), len(TYPES)), np.bool_)  # said to be absent, said to be present
    for value in (0, 1):
        chosen = label == value
        said[value][place[chosen], types.to_numpy(int)[chosen]] = True
    once = said[0] ^ said[1]
    labels = TypeLabels.implied(said[1] & once, once)
    doubtful = (said[0] & said[1]).any(axis=1) | (once & ~labels.known).any(axis=1)
    left_out = [
        LeftOut(image, "labels_contradict", f"{TABLE} contradicts itself on {image}: what it says there is unknown.")
        for image in images[doubtful]
    ]
    rows = np.where(labels.known, labels.present.astype(np.int8), np.int8(-1)).astype(np.int8)
    return dict(zip(images.tolist(), rows, strict=True)), left_out
