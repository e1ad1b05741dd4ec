"""From scores to probabilities: each type's logits recalibrated on validation slices (Platt 1999)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices
from shared.evaluation.calibration import calibration_in_the_large, recalibrate

# Slopes outside would follow a handful of validation slices to certainty, or throw the ranking's spread away.
_SLOPES = (0.5, 2.0)


@dataclass(frozen=True)
class TypeCalibration:
    """P(type) = sigmoid(``scale`` x logit + ``bias``), one of each per type."""

    scale: tuple[float, ...]
    bias: tuple[float, ...]


def calibrate_types(scored: Sequence[tuple[FramedSlices, NDArray[np.float32]]]) -> TypeCalibration:
    """Fit each type on the first of the validation sets that shows the type and labels its absence.

    ``scored`` pairs slices with their logits (N, T), real ones first: their share of bleeding slices is the one that
    P(any) should be calibrated to, where composed scans bleed as often as they were told to. Training shows bleeds
    more often than they occur, which alone would inflate every probability. A type that no set shows keeps its logits.
    """
    fitted = [_fit(index, scored) for index in range(len(TYPES))]
    return TypeCalibration(tuple(scale for scale, _ in fitted), tuple(bias for _, bias in fitted))


def _fit(index: int, scored: Sequence[tuple[FramedSlices, NDArray[np.float32]]]) -> tuple[float, float]:
    for data, logits in scored:
        known = data.known[:, index]
        labels = data.types[known, index]
        if labels.any() and not labels.all():
            of_type = logits[known, index].astype(np.float64)
            slope = recalibrate(labels, _sigmoid(of_type)).slope
            # Validation slices that a cut separates without an error ask for an infinite slope; they get none.
            scale = 1.0 if math.isnan(slope) else min(max(slope, _SLOPES[0]), _SLOPES[1])
            return scale, calibration_in_the_large(labels, _sigmoid(scale * of_type))
    return 1.0, 0.0


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), np.float64)
