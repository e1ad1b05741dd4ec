"""How well P(any) tells marked slices from unmarked ones, and whether it means what it says."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.observations import HeadObservation
from shared.evaluation.bootstrap import Estimate, bootstrap
from shared.evaluation.calibration import (
    calibration_in_the_large,
    expected_calibration_error,
    recalibrate,
    reliability_table,
)
from shared.evaluation.report import EvaluationReport
from shared.evaluation.scores import brier, roc_auc, share

Statistic = Callable[[NDArray[np.bool_], NDArray[np.float32]], float]


def add_slice_figures(report: EvaluationReport, heads: Sequence[HeadObservation], threshold: float) -> None:
    """Add discrimination at ``threshold`` and without one, then calibration."""
    labels, scores = [h.lesion for h in heads], [h.any_score for h in heads]
    report.add(
        "slice_auc",
        over_patients(roc_auc, labels, scores),
        "Area under the ROC curve of P(any) over all slices, marked or not.",
    )
    report.add(
        "slice_sensitivity",
        over_patients(lambda y, p: share(float((p[y] >= threshold).sum()), float(y.sum())), labels, scores),
        f"Share of marked slices with P(any) >= {threshold}.",
    )
    report.add(
        "slice_specificity",
        over_patients(lambda y, p: share(float((p[~y] < threshold).sum()), float((~y).sum())), labels, scores),
        f"Share of unmarked slices with P(any) < {threshold}.",
    )
    _add_calibration(report, labels, scores)


def over_patients(
    statistic: Statistic, labels: Sequence[NDArray[np.bool_]], scores: Sequence[NDArray[np.float32]]
) -> Estimate:
    """``statistic`` of all slices, each patient holding one array of each, with its interval over patients."""

    def of(chosen: NDArray[np.intp]) -> float:
        return statistic(np.concatenate([labels[i] for i in chosen]), np.concatenate([scores[i] for i in chosen]))

    return bootstrap(of, len(labels))


def _add_calibration(
    report: EvaluationReport, labels: Sequence[NDArray[np.bool_]], scores: Sequence[NDArray[np.float32]]
) -> None:
    all_labels, all_scores = np.concatenate(labels), np.concatenate(scores)
    report.add(
        "brier",
        over_patients(brier, labels, scores),
        "Mean squared error of P(any) against marked or not, over all slices.",
    )
    report.add(
        "brier_of_prevalence",
        over_patients(lambda y, _: float(y.mean() * (1 - y.mean())), labels, scores),
        f"What a constant forecast of the share of marked slices ({float(all_labels.mean()):.3f}) would earn; brier "
        "must lie below.",
    )
    report.add(
        "calibration_slope",
        over_patients(lambda y, p: recalibrate(y, p).slope, labels, scores),
        "Slope of the logistic regression of marked or not on the log odds of P(any), over all slices; 1 is perfect, "
        "less is too extreme. Null where the classes do not overlap.",
    )
    report.add(
        "calibration_intercept",
        over_patients(lambda y, p: recalibrate(y, p).intercept, labels, scores),
        "Intercept of the same regression; 0 is perfect.",
    )
    report.add(
        "calibration_in_the_large",
        over_patients(calibration_in_the_large, labels, scores),
        "The intercept with the slope held at 1; over 0 P(any) is too low on the whole.",
    )
    report.add(
        "expected_calibration_error",
        over_patients(expected_calibration_error, labels, scores),
        "Mean over slices of |mean P(any) - share marked| of their bin; 10 bins of equal mass.",
    )
    report.add_table(
        "reliability",
        [
            {"slices": row.count, "mean_probability": row.mean_probability, "marked": row.observed}
            for row in reliability_table(all_labels, all_scores)
        ],
        "Slices in 10 bins of equal mass by P(any): number, mean P(any), and share marked.",
    )
