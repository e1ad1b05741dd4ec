"""Figures with intervals over patients, from the observations of each head."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.evaluation.observations import HeadObservation, MaskCounts
from services.ct_segmentation.metrics import dice_from_counts
from shared.evaluation.bootstrap import Estimate, bootstrap, bootstrap_mean
from shared.evaluation.report import EvaluationReport
from shared.evaluation.scores import brier, roc_auc, share

_MADE = "Haematoma labels are made from intensity inside the expert boxes, not drawn by experts."
# Slices beside a lesion often show its rim, marked or not.
FAR_SLICES = 3
NOTES = [
    "95 % percentile intervals of 2000 bootstrap resamples of patients.",
    "Empty masks: both empty is Dice 1, one empty is Dice 0.",
    "A marked slice carries an expert box or an expert oedema outline.",
    "No Hausdorff distance: the data set stores no pixel spacing.",
]


def add_figures(report: EvaluationReport, heads: Sequence[HeadObservation], thresholds: dict[str, float]) -> None:
    """Add every figure that ``heads`` define to ``report``."""
    _add_slice_figures(report, heads, thresholds["any"])
    _add_patient_figures(report, heads, thresholds["any"])
    _add_mask_figures(report, heads)


def _add_slice_figures(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    labels, scores = [h.lesion for h in heads], [h.any_score for h in heads]

    def over_slices(statistic: Callable[[NDArray[np.bool_], NDArray[np.float32]], float]) -> Estimate:
        def of(chosen: NDArray[np.intp]) -> float:
            return statistic(np.concatenate([labels[i] for i in chosen]), np.concatenate([scores[i] for i in chosen]))

        return bootstrap(of, len(heads))

    report.add("slice_auc", over_slices(roc_auc), "Area under the ROC curve of P(any) over all slices, marked or not.")
    report.add(
        "slice_sensitivity",
        over_slices(lambda y, p: share(float((p[y] >= threshold).sum()), float(y.sum()))),
        f"Share of marked slices with P(any) >= {threshold}.",
    )
    report.add(
        "slice_specificity",
        over_slices(lambda y, p: share(float((p[~y] < threshold).sum()), float((~y).sum()))),
        f"Share of unmarked slices with P(any) < {threshold}.",
    )
    report.add("brier", over_slices(brier), "Mean squared error of P(any) against marked or not, over all slices.")
    rate = float(np.concatenate(labels).mean())
    report.add(
        "brier_of_prevalence",
        over_slices(lambda y, _: float(y.mean() * (1 - y.mean()))),
        f"What a constant forecast of the share of marked slices ({rate:.3f}) would earn; brier must lie below.",
    )


def _add_patient_figures(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    marked = np.array([bool(h.lesion.any()) for h in heads])
    found = np.array([bool((h.any_score[h.lesion] >= threshold).any()) for h in heads], np.float64)
    alarmed = np.array([bool((h.any_score >= threshold).any()) for h in heads], np.float64)
    report.add(
        "patient_sensitivity",
        bootstrap_mean(np.where(marked, found, np.nan)),
        f"Share of patients with a marked slice in whom at least one marked slice has P(any) >= {threshold}.",
    )
    report.add(
        "patient_specificity",
        bootstrap_mean(np.where(marked, np.nan, 1 - alarmed)),
        f"Share of patients without a marked slice in whom no slice has P(any) >= {threshold}; null without any.",
    )
    report.add(
        "false_positive_slices_per_patient",
        bootstrap_mean(np.array([float((h.any_score[~h.lesion] >= threshold).sum()) for h in heads])),
        f"Mean number of unmarked slices per patient with P(any) >= {threshold}.",
    )
    report.add(
        "false_haematoma_slices_per_patient",
        bootstrap_mean(np.array([float(h.haematoma_on_clear.sum()) for h in heads])),
        "Mean number of unmarked slices per patient with 20 or more pixels of predicted haematoma.",
    )
    report.add(
        "distant_false_alarm_rate",
        bootstrap_mean(np.array([_alarms_far_away(h, threshold) for h in heads])),
        f"Share of patients with P(any) >= {threshold} on an unmarked slice {FAR_SLICES} or more slices from every "
        "marked one: a stand-in for the false-alarm rate of bleed-free studies where all patients bleed.",
    )
    hits, boxes = np.array([h.boxes_hit for h in heads]), np.array([h.boxes for h in heads])
    report.add(
        "box_hit_rate",
        bootstrap(lambda chosen: share(float(hits[chosen].sum()), float(boxes[chosen].sum())), len(heads)),
        "Share of expert lesion boxes that hold the centroid of a predicted region (haematoma or oedema, joined) of "
        "20 or more pixels.",
    )


def _alarms_far_away(head: HeadObservation, threshold: float) -> float:
    """1 where a slice far from every marked one is scored as bleeding; NaN where no slice is that far."""
    near = ndimage.binary_dilation(head.lesion, iterations=FAR_SLICES - 1) if head.lesion.any() else head.lesion
    return float((head.any_score[~near] >= threshold).any()) if not near.all() else math.nan


def _add_mask_figures(report: EvaluationReport, heads: Sequence[HeadObservation]) -> None:
    for name, origin in (("haematoma", _MADE), ("oedema", "Labels are expert outlines.")):
        counts: list[MaskCounts] = [getattr(head, name) for head in heads]
        report.add(
            f"{name}_dice",
            bootstrap_mean(np.array([_volume_dice(c) for c in counts])),
            f"Mean over patients of the Dice of all slices of a patient together, at native pixels. {origin}",
        )
        report.add(
            f"{name}_dice_per_lesion_slice",
            _lesion_slice_dice(counts, heads),
            f"Mean of the Dice of single marked slices, at native pixels. {origin}",
        )


def _volume_dice(counts: MaskCounts) -> float:
    return dice_from_counts(float(counts.overlap.sum()), float(counts.predicted.sum()), float(counts.labelled.sum()))


def _lesion_slice_dice(counts: Sequence[MaskCounts], heads: Sequence[HeadObservation]) -> Estimate:
    per_slice = [
        np.array([dice_from_counts(float(c.overlap[i]), float(c.predicted[i]), float(c.labelled[i])) for i in marked])
        for c, marked in zip(counts, (np.flatnonzero(head.lesion) for head in heads), strict=True)
    ]
    sums, lengths = np.array([values.sum() for values in per_slice]), np.array([len(values) for values in per_slice])
    return bootstrap(lambda chosen: share(float(sums[chosen].sum()), float(lengths[chosen].sum())), len(heads))
