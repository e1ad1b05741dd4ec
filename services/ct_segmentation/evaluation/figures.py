"""Every figure that the observations of labelled heads define, with its interval and its definition."""

from collections.abc import Mapping, Sequence

from services.ct_segmentation.evaluation.mask_figures import add_mask_figures
from services.ct_segmentation.evaluation.observations import HeadObservation
from services.ct_segmentation.evaluation.patient_figures import add_patient_figures
from services.ct_segmentation.evaluation.size_bands import ASSUMED_SPACING_MM, add_size_bands
from services.ct_segmentation.evaluation.slice_figures import add_slice_figures
from shared.evaluation.bootstrap import REPEATS
from shared.evaluation.report import EvaluationReport

NOTES = [
    f"95 % percentile intervals of {REPEATS} bootstrap resamples of patients; proportions of patients and "
    "of slices in a size band carry Wilson intervals.",
    "Empty masks: both empty is Dice 1, one empty is Dice 0.",
    "A marked slice carries an expert box or an expert oedema outline.",
    "No Hausdorff or surface distance: the data set stores no pixel spacing. Sizes in mL assume "
    f"{' x '.join(map(str, ASSUMED_SPACING_MM))} mm a pixel.",
]


def add_figures(report: EvaluationReport, heads: Sequence[HeadObservation], thresholds: Mapping[str, float]) -> None:
    """Add every figure that ``heads`` define to ``report``."""
    add_slice_figures(report, heads, thresholds["any"])
    add_patient_figures(report, heads, thresholds)
    add_mask_figures(report, heads)
    add_size_bands(report, heads, thresholds["any"])
