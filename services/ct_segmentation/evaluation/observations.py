"""What the network says of each labelled head, reduced to counts and scores per slice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import Box, LabelledHead, PheSichArchive

# A predicted region counts from 20 native pixels on: at 0.45 mm a spot of 2.3 mm.
MIN_REGION_PIXELS = 20


@dataclass(frozen=True)
class MaskCounts:
    """Pixels per slice (S,): predicted, labelled, and both."""

    predicted: NDArray[np.int64]
    labelled: NDArray[np.int64]
    overlap: NDArray[np.int64]


@dataclass(frozen=True)
class HeadObservation:
    """One patient: ``lesion`` and ``any_score`` per slice, mask counts, and expert boxes hit of all."""

    patient: str
    lesion: NDArray[np.bool_]
    any_score: NDArray[np.float32]
    haematoma: MaskCounts
    oedema: MaskCounts
    haematoma_on_clear: NDArray[np.bool_]
    boxes: int
    boxes_hit: int


def observe(
    archive: PheSichArchive,
    patients: Sequence[str],
    network: HaemorrhageNetwork,
    thresholds: dict[str, float],
    progress: Callable[[], None],
) -> Iterator[HeadObservation]:
    """Run the network over the patients, one at a time; ``progress`` is called after each."""
    for patient in patients:
        yield _observe_head(archive.read(patient), network, thresholds)
        progress()


def _observe_head(head: LabelledHead, network: HaemorrhageNetwork, thresholds: dict[str, float]) -> HeadObservation:
    predictions = network.predict_windowed(head.windowed, lambda _: None)
    haematoma = predictions.haematoma >= thresholds["haematoma"] * 255
    oedema = predictions.oedema >= thresholds["oedema"] * 255
    lesion = head.lesion
    hits = [_is_hit(box, haematoma[i] | oedema[i]) for i, boxes in enumerate(head.boxes) for box in boxes]
    return HeadObservation(
        patient=head.patient,
        lesion=lesion,
        any_score=predictions.types["any"],
        haematoma=_count(haematoma, label_haematoma(head)),
        oedema=_count(oedema, head.oedema),
        haematoma_on_clear=~lesion & (haematoma.sum(axis=(1, 2)) >= MIN_REGION_PIXELS),
        boxes=len(hits),
        boxes_hit=sum(hits),
    )


def _count(predicted: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> MaskCounts:
    plane = (1, 2)
    return MaskCounts(predicted.sum(axis=plane), labelled.sum(axis=plane), (predicted & labelled).sum(axis=plane))


def _is_hit(box: Box, predicted: NDArray[np.bool_]) -> bool:
    """Whether a predicted region of at least 20 pixels has its centroid inside the box.

    The centroid, not an overlap: a mask over the whole brain would overlap every box.
    """
    regions, count = ndimage.label(predicted, structure=np.ones((3, 3)))
    large = [i for i in range(1, count + 1) if (regions == i).sum() >= MIN_REGION_PIXELS]
    centroids = ndimage.center_of_mass(predicted, regions, large) if large else []
    return any(box.top <= row < box.bottom and box.left <= column < box.right for row, column in centroids)
