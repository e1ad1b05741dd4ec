"""All pictures of one evaluation, into one folder."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from services.ct_segmentation.evaluation.observations import HeadObservation
from services.ct_segmentation.evaluation.pictures.dice_by_size import draw_dice_by_size
from services.ct_segmentation.evaluation.pictures.free_response import draw_free_response
from services.ct_segmentation.evaluation.pictures.worst_cases import draw_worst_cases, draw_worst_scores
from services.ct_segmentation.operating_points import study_threshold
from shared.evaluation.plots.reliability import draw_reliability
from shared.evaluation.plots.roc import draw_roc


def draw_pictures(
    heads: Sequence[HeadObservation], thresholds: Mapping[str, float], model: str, folder: Path
) -> Iterator[Path]:
    """Draw every picture that ``heads`` define into ``folder``, one at a time; ``model`` is named under each.

    Raises PlottingUnavailableError without matplotlib.
    """
    labels, scores = [head.lesion for head in heads], [head.any_score for head in heads]
    all_labels, all_scores = np.concatenate(labels), np.concatenate(scores)
    note = f"{model}; {len(heads)} patients, {len(all_labels)} slices, {int(all_labels.sum())} marked by experts"
    title = "P(any haemorrhage) by slice"
    yield draw_reliability(all_labels, all_scores, title, folder / "reliability.png", note)
    if all_labels.any() and not all_labels.all():
        marks = {"slice threshold": thresholds["any"]}
        if study_threshold(thresholds, "any") != thresholds["any"]:
            marks["study threshold"] = study_threshold(thresholds, "any")
        band = f"{note}; band: 1000 resamples of patients"
        yield draw_roc(labels, scores, marks, title, folder / "roc.png", band)
    if any(head.boxes for head in heads):
        yield draw_free_response(heads, folder / "froc.png", note)
    yield draw_dice_by_size(heads, folder / "dice_by_size.png", note)
    yield draw_worst_cases(heads, folder / "worst_cases.png", note)
    yield draw_worst_scores(heads, thresholds["any"], folder / "worst_scores.png", note)
