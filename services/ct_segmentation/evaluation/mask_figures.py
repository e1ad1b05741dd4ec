"""How well the predicted masks fit the labelled ones, by patient and by slice."""

from collections.abc import Sequence

import numpy as np

from services.ct_segmentation.evaluation.observations import HeadObservation, MaskCounts
from shared.evaluation.bootstrap import Estimate, bootstrap, bootstrap_mean
from shared.evaluation.report import EvaluationReport
from shared.evaluation.scores import share

_MADE = "Haematoma labels are made from intensity inside the expert boxes, not drawn by experts."


def add_mask_figures(report: EvaluationReport, heads: Sequence[HeadObservation]) -> None:
    """Add Dice of both masks."""
    for name, origin in (("haematoma", _MADE), ("oedema", "Labels are expert outlines.")):
        counts: list[MaskCounts] = [getattr(head, name) for head in heads]
        report.add(
            f"{name}_dice",
            bootstrap_mean(np.array([c.volume_dice for c in counts])),
            f"Mean over patients of the Dice of all slices of a patient together, at native pixels. {origin}",
        )
        report.add(
            f"{name}_dice_per_lesion_slice",
            _lesion_slice_dice(counts, heads),
            f"Mean of the Dice of single marked slices, at native pixels. {origin}",
        )


def _lesion_slice_dice(counts: Sequence[MaskCounts], heads: Sequence[HeadObservation]) -> Estimate:
    per_slice = [
        np.array([c.slice_dice(int(index)) for index in np.flatnonzero(head.lesion)])
        for c, head in zip(counts, heads, strict=True)
    ]
    sums, lengths = np.array([values.sum() for values in per_slice]), np.array([len(values) for values in per_slice])
    return bootstrap(lambda chosen: share(float(sums[chosen].sum()), float(lengths[chosen].sum())), len(heads))
