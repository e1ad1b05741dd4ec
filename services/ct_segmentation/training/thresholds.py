"""Operating points, chosen on validation scans: probabilities from which on something counts as present."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.framing import AS_FRAMED
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import PheSichArchive

# Mask thresholds outside this range fit a handful of validation patients rather than lesions.
_MASK_RANGE = (0.2, 0.8)
# What a reader is spared: unmarked slices above the slice threshold, per patient.
FALSE_SLICES_PER_PATIENT = 0.3


@dataclass(frozen=True)
class OperatingPoints:
    """``thresholds`` per output; ``dice`` the mean volume Dice of validation patients at them, per mask."""

    thresholds: dict[str, float]
    dice: dict[str, float]


@dataclass(frozen=True)
class ScoredStack:
    """One scan: ``labels`` and ``known`` (S, 6) in the order of ``TYPES``, ``scores`` (S,) per trained type."""

    labels: NDArray[np.bool_]
    known: NDArray[np.bool_]
    scores: dict[str, NDArray[np.float32]]


def choose_thresholds(
    network: HaemorrhageNetwork,
    archive: PheSichArchive,
    patients: Sequence[str],
    composed: FramedSlices | None,
    progress: Callable[[], None],
) -> OperatingPoints:
    """Masks: the best mean volume Dice over patients, on the native grid.

    Slices: P(any) and P(IPH) by ``quiet_threshold`` over real patients, other types by the best Youden index over
    composed slices. Studies ("study_any" ...): the best Youden index over the highest slice of each scan, where any
    scan is known to be without the type.
    """
    curves: dict[str, list[NDArray[np.float64]]] = {"haematoma": [], "oedema": []}
    real = []
    for patient in patients:
        head = archive.read(patient)
        predictions = network.predict_windowed(head.windowed, lambda _: None)
        curves["haematoma"].append(dice_curve(predictions.haematoma, label_haematoma(head)))
        curves["oedema"].append(dice_curve(predictions.oedema, head.oedema))
        real.append(_marked(head.lesion, predictions.types))
        progress()
    thresholds, dice = {}, {}
    for name, per_patient in curves.items():
        mean = np.mean(per_patient, axis=0)  # (256,): entry t is the Dice of "probability x 255 >= t"
        low, high = (round(255 * bound) for bound in _MASK_RANGE)
        best = low + int(np.argmax(mean[low : high + 1]))
        thresholds[name], dice[name] = round(best / 255, 3), round(float(mean[best]), 4)
    scored = [*real, *(_scored(network, composed, progress) if composed is not None else ())]
    return OperatingPoints(thresholds | _type_thresholds(network.manifest.types, real, scored), dice)


def _type_thresholds(types: Sequence[str], real: list[ScoredStack], scored: list[ScoredStack]) -> dict[str, float]:
    thresholds = {}
    for name in types:
        index = TYPES.index(name)
        stacks = [stack for stack in scored if stack.known[:, index].all()]
        if all(stack.known[:, index].all() for stack in real):
            lesions, scores = [s.labels[:, index] for s in real], [s.scores[name] for s in real]
            thresholds[name] = quiet_threshold(lesions, scores, FALSE_SLICES_PER_PATIENT)
        else:
            labels = np.concatenate([stack.labels[:, index] for stack in stacks])
            thresholds[name] = youden_threshold(labels, np.concatenate([stack.scores[name] for stack in stacks]))
        shown = np.array([stack.labels[:, index].any() for stack in stacks])
        if shown.any() and not shown.all():
            of_study = np.array([stack.scores[name].max() for stack in stacks])
            thresholds[f"study_{name}"] = youden_threshold(shown, of_study)
    return thresholds


def _marked(lesion: NDArray[np.bool_], scores: dict[str, NDArray[np.float32]]) -> ScoredStack:
    """A PHE-SICH patient: its marks say whether and that an intraparenchymal bleed shows, and nothing of the rest."""
    labels = np.zeros((len(lesion), len(TYPES)), np.bool_)
    labels[:, :2] = lesion[:, None]
    known = np.zeros_like(labels)
    known[:, :2] = True
    return ScoredStack(labels, known, scores)


def _scored(network: HaemorrhageNetwork, data: FramedSlices, progress: Callable[[], None]) -> list[ScoredStack]:
    stacks = []
    for name in dict.fromkeys(data.stacks.tolist()):
        scan = data.of([name])
        scores = network.predict_windowed(scan.images, lambda _: None, AS_FRAMED).types
        stacks.append(ScoredStack(scan.types, scan.known, scores))
        progress()
    return stacks


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


def quiet_threshold(
    lesions: Sequence[NDArray[np.bool_]], scores: Sequence[NDArray[np.float32]], false_per_patient: float
) -> float:
    """The lowest threshold that at most ``false_per_patient`` unmarked slices of a new patient are expected to reach.

    ``lesions`` and ``scores`` hold one array (S,) per patient.
    A new score reaches the k-th largest of n with probability k / (n + 1) (split conformal prediction, Vovk 2005), so
    that this is the k-th largest unmarked score for k = ``false_per_patient`` x patients. A threshold just above the
    next lower one would admit no more of these slices, but of new ones one more in n + 1.

    Never above what finds each patient that the network finds at all (its best marked slice over 1/2): a missed bleed
    costs more than a slice looked at in vain.
    """
    clear = np.sort(np.concatenate([s[~y] for y, s in zip(lesions, scores, strict=True)]))[::-1]
    allowed = clear[: int(false_per_patient * len(lesions))]
    quiet = float(allowed[-1]) if len(allowed) else float(clear.max(initial=0.0)) + 1e-4
    found = [float(s[y].max()) for y, s in zip(lesions, scores, strict=True) if y.any() and s[y].max() > 0.5]
    return round(min([quiet, *found]), 4)
