"""What a patient's study would be called, and what it costs in false alarms."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.observations import FAR_SLICES, HeadObservation
from services.ct_segmentation.evaluation.regions import froc
from services.ct_segmentation.operating_points import study_threshold
from shared.evaluation.bootstrap import bootstrap, bootstrap_mean
from shared.evaluation.proportions import wilson
from shared.evaluation.report import EvaluationReport
from shared.evaluation.scores import share

# Mean numbers of false regions per patient at which the free-response curve is read.
_FALSE_REGIONS = (0.1, 0.25, 0.5, 1.0)


def add_patient_figures(
    report: EvaluationReport, heads: Sequence[HeadObservation], thresholds: Mapping[str, float]
) -> None:
    """Add figures by patient at the slice's threshold, by study at the study's, and by lesion box."""
    _add_by_slice_threshold(report, heads, thresholds["any"])
    _add_by_study_threshold(report, heads, study_threshold(thresholds, "any"))
    _add_lesions(report, heads)


def _add_by_slice_threshold(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    bleeding = [head for head in heads if head.lesion.any()]
    clear = [head for head in heads if not head.lesion.any()]
    report.add(
        "patient_sensitivity",
        wilson(sum(bool((h.any_score[h.lesion] >= threshold).any()) for h in bleeding), len(bleeding)),
        f"Share of patients with a marked slice in whom at least one marked slice has P(any) >= {threshold}.",
    )
    report.add(
        "patient_specificity",
        wilson(sum(bool((h.any_score < threshold).all()) for h in clear), len(clear)),
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
    distant = [head for head in heads if head.far.any()]
    report.add(
        "distant_false_alarm_rate",
        wilson(sum(bool((h.any_score[h.far] >= threshold).any()) for h in distant), len(distant)),
        f"Share of patients with P(any) >= {threshold} on an unmarked slice {FAR_SLICES} or more slices from every "
        "marked one: a stand-in for the false-alarm rate of bleed-free studies where all patients bleed.",
    )


def _add_by_study_threshold(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    def below(scores: Sequence[NDArray[np.float32]]) -> int:
        return sum(bool(score.max() < threshold) for score in scores)

    bleeding = [head.any_score for head in heads if head.lesion.any()]
    clear = [head.any_score for head in heads if not head.lesion.any()]
    distant = [head.any_score[head.far] for head in heads if head.far.any()]
    report.add(
        "study_sensitivity",
        wilson(len(bleeding) - below(bleeding), len(bleeding)),
        f"Share of patients with a marked slice whose highest P(any) is >= {threshold}.",
    )
    report.add(
        "study_specificity",
        wilson(below(clear), len(clear)),
        f"Share of patients without a marked slice whose highest P(any) is < {threshold}; null without any.",
    )
    report.add(
        "study_specificity_stand_in",
        wilson(below(distant), len(distant)),
        f"Share of patients whose highest P(any) is < {threshold} over the slices {FAR_SLICES} or more from every "
        "marked one, as if these were a bleed-free study; fewer slices than a study has, so it flatters.",
    )


def _add_lesions(report: EvaluationReport, heads: Sequence[HeadObservation]) -> None:
    hits, boxes = np.array([h.boxes_hit for h in heads]), np.array([h.boxes for h in heads])
    report.add(
        "box_hit_rate",
        bootstrap(lambda chosen: share(float(hits[chosen].sum()), float(boxes[chosen].sum())), len(heads)),
        "Share of expert lesion boxes that hold the centroid of a predicted region (haematoma or oedema, joined) of "
        "20 or more pixels.",
    )
    if not boxes.any():
        return
    curve = froc([head.candidates for head in heads], int(boxes.sum()))
    report.add_table(
        "froc",
        [
            {
                "false_regions_per_patient": rate,
                "sensitivity": float(curve.sensitivity[curve.false_regions <= rate].max()),
            }
            for rate in _FALSE_REGIONS
        ],
        "Free response: share of boxes hit where regions are called by their mean probability, at the strictness that "
        "leaves at most so many regions per patient outside every box.",
    )
