"""What a set holds, counted by reading all of it."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.labelled_study import LabelledStudy, LeftOut, TypeLabels
from services.ct_segmentation.training.framed_slices import TYPES

EXAMPLES = 5
AXES = ("slice", "row", "column")


@dataclass
class Summary:
    """Counts over the studies added so far."""

    patients: set[str] = field(default_factory=set)
    studies: int = 0
    slices: int = 0
    outlined_studies: int = 0
    spacings: list[tuple[float, float, float]] = field(default_factory=list)
    of_slices: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    of_studies: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    left_out: dict[str, list[LeftOut]] = field(default_factory=lambda: defaultdict(list))

    def add(self, study: LabelledStudy) -> None:
        """Count one study."""
        self.patients.add(study.patient)
        self.studies += 1
        self.slices += len(study.hu)
        self.spacings.append(study.spacing_mm)
        if study.outlines is not None:
            self.outlined_studies += 1
        _count(self.of_slices, study.slice_types)
        _count(self.of_studies, TypeLabels(study.study_types.present[None], study.study_types.known[None]))
        for entry in study.left_out:
            self.leave_out(entry)

    def leave_out(self, entry: LeftOut) -> None:
        """Count something that is not used."""
        self.left_out[entry.code].append(entry)

    def as_json(self) -> dict[str, Any]:
        """Everything, with the first examples of what was left out."""
        spacings = np.array(self.spacings).reshape(-1, 3)
        return {
            "studies": self.studies,
            "patients": len(self.patients),
            "slices": self.slices,
            "outlined_studies": self.outlined_studies,
            "types_by_slice": {name: dict(self.of_slices[name]) for name in TYPES},
            "types_by_study": {name: dict(self.of_studies[name]) for name in TYPES},
            "spacing_mm": {
                axis: {
                    "min": round(float(values.min()), 4),
                    "median": round(float(np.median(values)), 4),
                    "max": round(float(values.max()), 4),
                }
                for axis, values in zip(AXES, spacings.T, strict=True)
                if len(values)
            },
            "left_out": {
                code: {
                    "count": len(entries),
                    "examples": [{"item": entry.item, "detail": entry.detail} for entry in entries[:EXAMPLES]],
                }
                for code, entries in sorted(self.left_out.items())
            },
        }


def summarise(dataset: LabelledDataset, limit: int | None, on_study: Callable[[], None]) -> Summary:
    """Read the studies of ``dataset``, the first ``limit`` of them where it is given; ``on_study`` hears of each."""
    summary = Summary()
    for entry in dataset.left_out:
        summary.leave_out(entry)

    def leave_out(entry: LeftOut) -> None:
        summary.leave_out(entry)
        on_study()

    for study in dataset.iterate(leave_out, list(dataset.studies)[:limit]):
        summary.add(study)
        on_study()
    return summary


def _count(counts: dict[str, Counter[str]], types: TypeLabels) -> None:
    for index, name in enumerate(TYPES):
        present, known = types.present[:, index], types.known[:, index]
        counts[name]["present"] += int(present.sum())
        counts[name]["absent"] += int((known & ~present).sum())
        counts[name]["unknown"] += int((~known).sum())
