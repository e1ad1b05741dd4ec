"""CQ500's many series per patient, and which one of them is read.

The rule: among the axial series without contrast and without a bone kernel that cover a head, the one with the
thinnest slices; between equally thin ones, first one that says it is plain, then the one with more slices.
Series names are free text of several hospitals: "PLAIN THIN", "0.625mm-2", "C THIN", "4cc sec 150cc D3D on".
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from pydicom import Dataset, dcmread

from services.ct_segmentation.reading.series_selection import CT_SOP_CLASSES
from services.ct_segmentation.reading.slice_headers import SeriesFacts, series_facts
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.training.datasets.dataset import MIN_SLICES

# "C" alone and "MMC" mean contrast there, "DE" delayed or dual energy, "-2" a second series of the same name.
REPEATED = re.compile(r"-\d+$")
CONTRAST = re.compile(r"\bc\b|\d\s*mmc\b|contrast|\bpost\b|cect|\biv\b|\d\s*cc\b|angio|\bcta\b|\bde\b", re.IGNORECASE)
PLAIN = re.compile(r"plain|\bpre\b|non?[- ]?contrast|without|\bncct\b", re.IGNORECASE)
BONE = re.compile(r"bone|\bhrct\b|\bpns\b", re.IGNORECASE)
# GE's BONE, BONEPLUS and EDGE; Siemens' kernels from 60 on.
BONE_KERNEL = re.compile(r"bone|edge|^[hju]r?[67]\d", re.IGNORECASE)
# A brain is about 110 mm high; a series of the petrous bones is not.
MIN_COVERAGE_MM = 80.0
# The gantry tilts by up to 30 degrees; coronal slices stand at 90.
AXIAL_COSINE = np.cos(np.radians(45))


@dataclass(frozen=True)
class Series:
    """One series as its headers tell it. ``name`` is the folder's and the header's description together."""

    name: str
    files: tuple[StudyFile, ...]
    facts: SeriesFacts
    axial: bool
    spacing_mm: float
    coverage_mm: float

    @property
    def plain(self) -> bool:
        """Whether its name says that no contrast was given."""
        return bool(PLAIN.search(self.name))

    @property
    def unfit(self) -> str | None:
        """Why the series is not read, or None."""
        facts = self.facts
        if facts.sop_class_uid not in CT_SOP_CLASSES or "LOCALIZER" in facts.image_type:
            return "no CT slices"
        if not self.axial:
            return "not axial"
        if len(self.files) < MIN_SLICES or self.coverage_mm < MIN_COVERAGE_MM:
            return f"covers {self.coverage_mm:.0f} mm"
        if BONE.search(self.name) or BONE_KERNEL.search(facts.kernel or ""):
            return "bone kernel"
        if facts.contrast_agent_given or (CONTRAST.search(self.name) and not self.plain):
            return "contrast"
        return None


def list_series(files: Sequence[StudyFile]) -> list[Series]:
    """The series among a patient's files, by what their headers say; what is no DICOM image is passed over."""
    groups: dict[str, list[tuple[StudyFile, Dataset]]] = defaultdict(list)
    for file in files:
        header = _header(file)
        if header is not None:
            groups[str(header.get("SeriesInstanceUID", ""))].append((file, header))
    return [_series(group) for group in groups.values()]


def order_of_choice(series: Sequence[Series]) -> list[Series]:
    """The fit series, best first."""
    fit = [entry for entry in series if entry.unfit is None]
    return sorted(fit, key=lambda entry: (round(entry.spacing_mm, 2), not entry.plain, -len(entry.files), entry.name))


def _header(file: StudyFile) -> Dataset | None:
    with file.open() as stream:
        try:
            header = dcmread(stream, stop_before_pixels=True)
        except Exception:  # pydicom raises whatever a broken header leads it to
            return None
    return header if "ImagePositionPatient" in header and "ImageOrientationPatient" in header else None


def _series(group: Sequence[tuple[StudyFile, Dataset]]) -> Series:
    facts = series_facts(group[0][1])
    folder = Counter(PurePosixPath(file.name).parent.name for file, _ in group).most_common(1)[0][0]
    orientation = np.array(group[0][1].ImageOrientationPatient, np.float64)
    normal = np.cross(orientation[:3], orientation[3:])
    depths = np.sort([np.array(header.ImagePositionPatient, np.float64) @ normal for _, header in group])
    spacing = float(np.median(np.diff(depths))) if len(depths) > 1 else 0.0
    return Series(
        name=f"{REPEATED.sub('', folder)} {REPEATED.sub('', facts.series_description)}".strip(),
        files=tuple(file for file, _ in group),
        facts=facts,
        axial=bool(abs(normal[2]) >= AXIAL_COSINE),
        spacing_mm=spacing,
        coverage_mm=float(np.ptp(depths)) + spacing,
    )
