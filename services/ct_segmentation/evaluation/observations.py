"""What the network says of each labelled head, reduced to counts, scores and the slices worth a look."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.evaluation.cases import LabelledPrediction, Outlines, ShownSlice
from services.ct_segmentation.evaluation.regions import MIN_REGION_PIXELS, Candidate, boxes_hit, candidates_of
from services.ct_segmentation.metrics import dice_from_counts
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import LabelledHead, PheSichArchive

# Slices beside a lesion often show its rim, marked or not.
FAR_SLICES = 3


@dataclass(frozen=True)
class MaskCounts:
    """Pixels per slice (S,): predicted, labelled, and both."""

    predicted: NDArray[np.int64]
    labelled: NDArray[np.int64]
    overlap: NDArray[np.int64]

    @property
    def volume_dice(self) -> float:
        """Dice of all slices together."""
        return dice_from_counts(float(self.overlap.sum()), float(self.predicted.sum()), float(self.labelled.sum()))

    def slice_dice(self, index: int) -> float:
        """Dice of one slice."""
        return dice_from_counts(float(self.overlap[index]), float(self.predicted[index]), float(self.labelled[index]))


@dataclass(frozen=True)
class HeadObservation:
    """One patient: ``lesion`` and ``any_score`` per slice (S,), mask counts, regions, number of ``boxes``."""

    patient: str
    lesion: NDArray[np.bool_]
    any_score: NDArray[np.float32]
    haematoma: MaskCounts
    oedema: MaskCounts
    haematoma_on_clear: NDArray[np.bool_]
    boxes: int
    candidates: tuple[Candidate, ...]
    worst_outlined: ShownSlice
    worst_scored: ShownSlice

    @property
    def boxes_hit(self) -> int:
        """Boxes that hold the centroid of a predicted region."""
        return boxes_hit(self.candidates)

    @property
    def far(self) -> NDArray[np.bool_]:
        """Slices ``FAR_SLICES`` or more from every marked one, (S,)."""
        if not self.lesion.any():
            return ~self.lesion
        return np.asarray(~ndimage.binary_dilation(self.lesion, iterations=FAR_SLICES - 1))


def observe(
    archive: PheSichArchive,
    patients: Sequence[str],
    network: HaemorrhageNetwork,
    thresholds: Mapping[str, float],
    progress: Callable[[], None],
) -> Iterator[HeadObservation]:
    """Run the network over the patients, one at a time; ``progress`` is called after each."""
    for patient in patients:
        yield _observe_head(archive.read(patient), network, thresholds)
        progress()


def _observe_head(head: LabelledHead, network: HaemorrhageNetwork, thresholds: Mapping[str, float]) -> HeadObservation:
    predictions = network.predict_windowed(head.windowed, lambda _: None)
    predicted = Outlines(
        predictions.haematoma >= thresholds["haematoma"] * 255, predictions.oedema >= thresholds["oedema"] * 255
    )
    labelled = Outlines(label_haematoma(head), head.oedema)
    any_score = predictions.types["any"]
    shown = LabelledPrediction(head, labelled, predicted, any_score)
    return HeadObservation(
        patient=head.patient,
        lesion=head.lesion,
        any_score=any_score,
        haematoma=_count(predicted.haematoma, labelled.haematoma),
        oedema=_count(predicted.oedema, labelled.oedema),
        haematoma_on_clear=~head.lesion & (predicted.haematoma.sum(axis=(1, 2)) >= MIN_REGION_PIXELS),
        boxes=sum(map(len, head.boxes)),
        candidates=tuple(_candidates(head, predicted, np.maximum(predictions.haematoma, predictions.oedema))),
        worst_outlined=shown.worst_outlined(),
        worst_scored=shown.worst_scored(),
    )


def _count(predicted: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> MaskCounts:
    plane = (1, 2)
    return MaskCounts(predicted.sum(axis=plane), labelled.sum(axis=plane), (predicted & labelled).sum(axis=plane))


def _candidates(head: LabelledHead, predicted: Outlines, probability: NDArray[np.uint8]) -> Iterator[Candidate]:
    """Regions of haematoma and oedema together, as the experts boxed them.

    A region on a slice that was outlined but not boxed is neither a hit nor false.
    """
    first_box = 0
    for index, boxes in enumerate(head.boxes):
        if boxes or not head.lesion[index]:
            joined = predicted.haematoma[index] | predicted.oedema[index]
            yield from candidates_of(joined, probability[index], boxes, first_box)
        first_box += len(boxes)
