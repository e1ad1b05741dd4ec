"""How well each type of haemorrhage is told, by slice and by study."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.slice_figures import over_patients
from services.ct_segmentation.evaluation.studies.cases import Cases, slices_of, studies_of
from services.ct_segmentation.evaluation.studies.observation import StudyObservation
from services.ct_segmentation.operating_points import study_threshold
from shared.evaluation.calibration import calibration_in_the_large, expected_calibration_error, recalibrate
from shared.evaluation.multilabel import weighted_log_loss
from shared.evaluation.report import EvaluationReport, Row
from shared.evaluation.scores import brier, roc_auc, share

Told = tuple[list[NDArray[np.bool_]], list[NDArray[np.float32]]]  # labels and scores, one array per patient

# RSNA 2019 (intracranial haemorrhage detection) counts "any" twice.
_WEIGHT_OF_ANY, _WEIGHT_OF_TYPE = 2.0, 1.0


def add_type_figures(
    report: EvaluationReport,
    patients: Sequence[Sequence[StudyObservation]],
    thresholds: Mapping[str, float],
    trained: Sequence[str],
) -> None:
    """Add log-loss over all ``trained`` types and a table of each, by slice and by study.

    ``patients`` holds the studies of each patient, who is what intervals draw again.
    """
    by_slice = [slices_of(studies, trained) for studies in patients]
    by_study = [studies_of(studies, trained) for studies in patients]
    _add_log_loss(report, by_slice, trained, "slice")
    _add_log_loss(report, by_study, trained, "study")
    report.add_table(
        "types_by_slice",
        [{**_ranked(told, thresholds[name], name), **_calibrated(told)} for name, told in _types(by_slice, trained)],
        "Each trained type over the slices whose label is known: area under the ROC curve, sensitivity and specificity "
        "at its threshold, Brier score; slope and intercept (at slope 1) of logistic recalibration, expected "
        "calibration error in 10 bins of equal mass.",
    )
    report.add_table(
        "types_by_study",
        [_ranked(told, study_threshold(thresholds, name), name) for name, told in _types(by_study, trained)],
        "The same over studies whose label is known. A study's probability is that of its highest slice, and its "
        "threshold the study's own.",
    )


def _types(patients: Sequence[Cases], trained: Sequence[str]) -> Iterator[tuple[str, Told]]:
    """What is known of each type that is known of anyone."""
    for index, name in enumerate(trained):
        told = [cases.of_type(index) for cases in patients]
        labels, scores = [y for y, _ in told], [p for _, p in told]
        if any(map(len, labels)):
            yield name, (labels, scores)


def _ranked(told: Told, threshold: float, name: str) -> Row:
    labels, _ = told
    return {
        "type": name,
        "cases": sum(map(len, labels)),
        "present": sum(int(one.sum()) for one in labels),
        "auc": over_patients(roc_auc, *told),
        "sensitivity": over_patients(lambda y, p: share(float((p[y] >= threshold).sum()), float(y.sum())), *told),
        "specificity": over_patients(lambda y, p: share(float((p[~y] < threshold).sum()), float((~y).sum())), *told),
        "brier": over_patients(brier, *told),
    }


def _calibrated(told: Told) -> Row:
    return {
        "slope": over_patients(lambda y, p: recalibrate(y, p).slope, *told),
        "intercept": over_patients(calibration_in_the_large, *told),
        "calibration_error": over_patients(expected_calibration_error, *told),
    }


def _add_log_loss(report: EvaluationReport, patients: Sequence[Cases], trained: Sequence[str], unit: str) -> None:
    """Over the cases with every trained type known: a mean over other types of other cases compares nothing."""
    complete = [cases.with_all_known() for cases in patients]
    labels, scores = [one.present for one in complete], [one.scores for one in complete]
    if not any(map(len, labels)):
        return
    weights = [_WEIGHT_OF_ANY if name == "any" else _WEIGHT_OF_TYPE for name in trained]
    prevalence = np.concatenate(labels).mean(axis=0, dtype=np.float32)
    constant = [np.broadcast_to(prevalence, one.shape) for one in labels]
    name = f"weighted_log_loss_by_{unit}"
    report.add(
        name,
        over_patients(lambda y, p: weighted_log_loss(y, p, weights), labels, scores),
        f"Mean of -log P(label) over {', '.join(trained)}, any counting double as in RSNA 2019, over the cases "
        f"({unit}) with every label known.",
    )
    report.add(
        f"{name}_of_prevalence",
        over_patients(lambda y, p: weighted_log_loss(y, p, weights), labels, constant),
        "What constant forecasts of each type's share would earn; the loss must lie below.",
    )
