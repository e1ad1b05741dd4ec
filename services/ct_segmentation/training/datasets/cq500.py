"""CQ500: 491 head CTs read by three radiologists each (Chilamkurthy et al. 2018, doi 10.1016/S0140-6736(18)31645-3).

Layout: ``reads.csv`` and, at any depth beside it, ``CQ500CT<N> CQ500CT<N>/Unknown Study/CT <series>/CT000000.dcm`` or
the archives ``CQ500-CT-<N>.zip`` as published. ``reads.csv`` writes the name as ``CQ500-CT-<N>``.

- The truth of a finding is what at least two of the three readers say; where empty cells leave no majority, unknown.
- Types are known per study alone: of a slice only what the study rules out.
- A patient has several series; ``cq500_series`` states which is read. Where that one makes no volume, the next does.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from services.ct_segmentation.geometry import CanonicalView, canonical_view
from services.ct_segmentation.reading.archive import open_archive
from services.ct_segmentation.reading.dicom_series import read_dicom_series
from services.ct_segmentation.reading.study_files import StudyFile, study_files_at
from services.ct_segmentation.training.datasets.cq500_series import list_series, order_of_choice
from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.errors import (
    DatasetFileMissingError,
    DatasetTableError,
    SeriesUnusableError,
)
from services.ct_segmentation.training.datasets.labelled_study import LabelledStudy, LeftOut, TypeLabels
from services.ct_segmentation.training.datasets.tables import read_table, zero_or_one
from services.ct_segmentation.training.framed_slices import TYPES
from shared.errors import InputRefusedError

READS = "reads.csv"
READERS = ("R1", "R2", "R3")
MAJORITY = 2
SCAN = re.compile(r"CQ500CT(\d+)(?!\d)")


class Cq500(LabelledDataset):
    """One plain axial series per patient, with types per study."""

    name = "cq500"

    def __init__(self, folder: Path) -> None:
        """Raises DatasetFileMissingError, DatasetTableError."""
        self._types = _majorities(folder / READS)
        self._scans = _scans(folder)
        if not self._scans:
            raise DatasetFileMissingError(
                f"{folder} holds no scan named CQ500CT0 or CQ500-CT-0.zip; unpack some there."
            )
        left_out = [
            LeftOut(study, "image_missing", f"{READS} has {study}, of whom there is no scan.")
            for study in sorted(set(self._types) - set(self._scans))
        ]
        left_out += [
            LeftOut(study, "labels_missing", f"{READS} has no row for the scan {study}.")
            for study in sorted(set(self._scans) - set(self._types))
        ]
        studies = set(self._types) & set(self._scans)
        super().__init__({study: f"{self.name}-{study.removeprefix('CQ500CT')}" for study in studies}, left_out)

    def _read(self, study: str) -> LabelledStudy:
        with _files(self._scans[study]) as files:
            view, left_out = _best_series(study, files)
        study_types = self._types[study]
        ruled_out = study_types.known & ~study_types.present
        slices = len(view.hu)
        return LabelledStudy(
            dataset=self.name,
            study=study,
            patient=self.studies[study],
            hu=np.ascontiguousarray(view.hu),
            affine=view.affine,
            slice_types=TypeLabels(np.zeros((slices, len(TYPES)), np.bool_), np.tile(ruled_out, (slices, 1))),
            study_types=study_types,
            left_out=tuple(left_out),
        )


def scan_id(name: str) -> str | None:
    """CQ500CT7 for "CQ500-CT-7", "CQ500CT7 CQ500CT7" and "CQ500-CT-7.zip"; None for other names."""
    found = SCAN.match(re.sub(r"[^A-Za-z0-9]", "", name).upper())
    return f"CQ500CT{int(found.group(1))}" if found else None


def _majorities(path: Path) -> dict[str, TypeLabels]:
    """What at least two readers agree on, by scan."""
    columns = [f"{reader}:{'ICH' if name == 'any' else name}" for reader in READERS for name in TYPES]
    table = read_table(path, ["name", *columns])
    votes = zero_or_one(table, columns, path.name).to_numpy().reshape(len(table), len(READERS), len(TYPES))
    present = (votes == 1).sum(axis=1) >= MAJORITY
    types = TypeLabels.implied(present, present | ((votes == 0).sum(axis=1) >= MAJORITY))
    rows: dict[str, TypeLabels] = {}
    for index, name in enumerate(table["name"]):
        study = scan_id(name)
        if study is None or study in rows:
            what = "twice" if study else "which is no name of a CQ500 scan"
            raise DatasetTableError(f"{path.name} has {name!r} in row {index + 1}, {what}; download it again.")
        rows[study] = TypeLabels(types.present[index], types.known[index])
    return rows


def _scans(folder: Path) -> dict[str, Path]:
    """Folders and archives of scans below ``folder``; an unpacked scan goes before its archive."""
    found: dict[str, Path] = {}
    for parent, folders, files in os.walk(folder):
        for name in sorted(files):
            study = scan_id(name) if name.lower().endswith(".zip") else None
            if study:
                found.setdefault(study, Path(parent, name))
        scans = {name: scan_id(name) for name in sorted(folders)}
        found.update({study: Path(parent, name) for name, study in scans.items() if study})
        folders[:] = [name for name, study in scans.items() if study is None]
    return found


@contextmanager
def _files(scan: Path) -> Iterator[Sequence[StudyFile]]:
    if scan.is_dir():
        yield study_files_at(scan)
    else:
        with open_archive(study_files_at(scan)[0]) as members:
            yield members


def _best_series(study: str, files: Sequence[StudyFile]) -> tuple[CanonicalView, list[LeftOut]]:
    """The first series in the order of choice that makes a volume, and which ones did not."""
    series = list_series(files)
    left_out: list[LeftOut] = []
    for choice in order_of_choice(series):
        try:
            return canonical_view(read_dicom_series(choice.files, lambda _: None)), left_out
        except InputRefusedError as error:
            left_out.append(
                LeftOut(study, f"series_{error.code}", f"Series {choice.name!r} is refused: {error.detail}")
            )
    reasons = [f"{entry.name!r}: {entry.unfit}" for entry in series if entry.unfit]
    reasons += [entry.detail for entry in left_out]
    raise SeriesUnusableError(
        f"{study} has no plain axial head series that can be read ({'; '.join(reasons) or 'no DICOM'})."
    )
