"""Operating points, chosen on validation patients: probabilities from which on something counts as present."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import PheSichArchive

# Mask thresholds outside this range fit a handful of validation patients rather than lesions.
_MASK_RANGE = (0.2, 0.8)


@dataclass(frozen=True)
class OperatingPoints:
    """``thresholds`` per output; ``dice`` the mean volume Dice of validation patients at them, per mask."""

    thresholds: dict[str, float]
    dice: dict[str, float]


def choose_thresholds(
    network: HaemorrhageNetwork, archive: PheSichArchive, patients: Sequence[str], progress: Callable[[], None]
) -> OperatingPoints:
    """Masks: the best mean volume Dice over patients, on the native grid. Types: the best Youden index over slices."""
    curves: dict[str, list[NDArray[np.float64]]] = {"haematoma": [], "oedema": []}
    lesions, scores = [], []
    for patient in patients:
        head = archive.read(patient)
        predictions = network.predict_windowed(head.windowed, lambda _: None)
        curves["haematoma"].append(dice_curve(predictions.haematoma, label_haematoma(head)))
        curves["oedema"].append(dice_curve(predictions.oedema, head.oedema))
        lesions.append(head.lesion)
        scores.append(predictions.types)
        progress()
    thresholds, dice = {}, {}
    for name, per_patient in curves.items():
        mean = np.mean(per_patient, axis=0)  # (256,): entry t is the Dice of "probability x 255 >= t"
        low, high = (round(255 * bound) for bound in _MASK_RANGE)
        best = low + int(np.argmax(mean[low : high + 1]))
        thresholds[name], dice[name] = round(best / 255, 3), round(float(mean[best]), 4)
    lesion = np.concatenate(lesions)
    for name in network.manifest.types:
        thresholds[name] = youden_threshold(lesion, np.concatenate([score[name] for score in scores]))
    return OperatingPoints(thresholds, dice)


def dice_curve(probability: NDArray[np.uint8], labelled: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Dice of ``probability >= t`` for every t of 0..255, (256,); both empty is 1."""
    inside = np.bincount(probability[labelled].ravel(), minlength=256)
    outside = np.bincount(probability[~labelled].ravel(), minlength=256)
    overlap = np.cumsum(inside[::-1])[::-1]
    predicted = overlap + np.cumsum(outside[::-1])[::-1]
    total = predicted + inside.sum()
    return np.where(total > 0, 2 * overlap / np.maximum(total, 1), 1.0)


def youden_threshold(labels: NDArray[np.bool_], scores: NDArray[np.float32]) -> float:
    """The threshold with the largest sensitivity + specificity - 1, halfway to the next lower score."""
    levels = np.unique(scores)
    sensitivity = np.array([(scores[labels] >= level).mean() for level in levels])
    specificity = np.array([(scores[~labels] < level).mean() for level in levels])
    best = int(np.argmax(sensitivity + specificity))
    return round(float((levels[best] + levels[max(best - 1, 0)]) / 2), 4)
