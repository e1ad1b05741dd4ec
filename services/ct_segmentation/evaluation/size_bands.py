"""Sensitivity by how large the bleed is: a mean over all sizes hides the small ones, which are what is missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.ct_segmentation.evaluation.observations import HeadObservation
from shared.evaluation.proportions import wilson
from shared.evaluation.report import EvaluationReport, Row
from shared.evaluation.scores import share

# Slice, row and column spacing that is usual for a head CT of 512 x 512 pixels; the data set stores none.
ASSUMED_SPACING_MM = (5.0, 0.45, 0.45)
PIXEL_ML = float(np.prod(ASSUMED_SPACING_MM)) / 1000


@dataclass(frozen=True)
class Band:
    """Sizes from ``low`` to under ``high``."""

    low: float
    high: float

    def holds(self, size: float) -> bool:
        """Whether ``size`` lies in the band."""
        return self.low <= size < self.high

    def name(self, unit: str) -> str:
        """The band in words, such as "300 to 1000 px"."""
        if np.isinf(self.high):
            return f"{self.low:g} {unit} and more"
        return f"under {self.high:g} {unit}" if self.low <= 1 else f"{self.low:g} to {self.high:g} {unit}"


# In pixels of one slice: 1000 are 2 cm², 1.0 mL at the assumed spacing.
SLICE_BANDS = (Band(1, 300), Band(300, 1000), Band(1000, 3000), Band(3000, np.inf))
# In mL of a patient: nothing is published for under 5 mL, and from 30 mL on surgery is considered.
PATIENT_BANDS = (Band(0, 2), Band(2, 5), Band(5, 15), Band(15, 30), Band(30, np.inf))


def add_size_bands(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    """Add the tables by slice and by patient."""
    report.add_table(
        "sensitivity_by_slice_size",
        list(_slice_rows(heads, threshold)),
        f"Marked slices by labelled haematoma on the slice ({1000 * PIXEL_ML:.2f} mL per 1000 pixels at the assumed "
        f"spacing): share with P(any) >= {threshold} (flagged), share whose predicted haematoma overlaps the labelled "
        "one (outlined), with Wilson intervals that take slices for independent; mean haematoma Dice.",
    )
    report.add_table(
        "sensitivity_by_patient_volume",
        list(_patient_rows(heads, threshold)),
        "Patients by labelled haematoma at the assumed spacing: share with a marked slice of P(any) >= "
        f"{threshold} (flagged), share with any overlap of predicted and labelled haematoma (outlined), mean Dice.",
    )


def _slice_rows(heads: Sequence[HeadObservation], threshold: float) -> Iterator[Row]:
    marked = [(head, int(index)) for head in heads for index in np.flatnonzero(head.lesion)]
    for band in SLICE_BANDS:
        chosen = [(h, i) for h, i in marked if band.holds(float(h.haematoma.labelled[i]))]
        if chosen:
            yield {
                "haematoma": band.name("px"),
                "slices": len(chosen),
                "flagged": wilson(sum(bool(h.any_score[i] >= threshold) for h, i in chosen), len(chosen)),
                "outlined": wilson(sum(bool(h.haematoma.overlap[i] > 0) for h, i in chosen), len(chosen)),
                "dice": share(sum(h.haematoma.slice_dice(i) for h, i in chosen), len(chosen)),
            }


def _patient_rows(heads: Sequence[HeadObservation], threshold: float) -> Iterator[Row]:
    bleeding = [head for head in heads if head.haematoma.labelled.any()]
    for band in PATIENT_BANDS:
        chosen = [head for head in bleeding if band.holds(PIXEL_ML * float(head.haematoma.labelled.sum()))]
        if chosen:
            yield {
                "haematoma": band.name("mL"),
                "patients": len(chosen),
                "flagged": wilson(sum(bool((h.any_score[h.lesion] >= threshold).any()) for h in chosen), len(chosen)),
                "outlined": wilson(sum(bool(h.haematoma.overlap.any()) for h in chosen), len(chosen)),
                "dice": share(sum(h.haematoma.volume_dice for h in chosen), len(chosen)),
            }
