"""Predicted regions against expert boxes: which lesions are hit, and which regions point at nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from services.ct_segmentation.training.phe_sich import Box

# A predicted region counts from 20 native pixels on: at 0.45 mm a spot of 2.3 mm.
MIN_REGION_PIXELS = 20


@dataclass(frozen=True)
class Candidate:
    """One predicted region: its mean probability, and the expert box that holds its centroid, if any."""

    score: float
    box: int | None


@dataclass(frozen=True)
class FrocCurve:
    """``sensitivity`` over boxes and ``false_regions`` per patient, at "score >= threshold" from strict to lax."""

    sensitivity: NDArray[np.float64]
    false_regions: NDArray[np.float64]


def candidates_of(
    predicted: NDArray[np.bool_], probability: NDArray[np.uint8], boxes: Sequence[Box], first_box: int
) -> list[Candidate]:
    """The regions of one slice's ``predicted`` (H, W), scored by ``probability`` x 255.

    A box is hit by a region whose centroid it holds, not by any overlap: a mask over the whole brain would overlap
    every box. Boxes are numbered from ``first_box``.
    """
    regions, count = ndimage.label(predicted, structure=np.ones((3, 3)))
    sizes = np.bincount(regions.ravel(), minlength=count + 1)
    large = [index for index in range(1, count + 1) if sizes[index] >= MIN_REGION_PIXELS]
    if not large:
        return []
    centroids = ndimage.center_of_mass(predicted, regions, large)
    scores = ndimage.mean(probability, regions, large) / 255
    return [
        Candidate(float(score), _box_at(row, column, boxes, first_box))
        for score, (row, column) in zip(scores, centroids, strict=True)
    ]


def _box_at(row: float, column: float, boxes: Sequence[Box], first_box: int) -> int | None:
    for number, box in enumerate(boxes, first_box):
        if box.top <= row < box.bottom and box.left <= column < box.right:
            return number
    return None


def boxes_hit(candidates: Sequence[Candidate]) -> int:
    """How many boxes hold at least one region."""
    return len({candidate.box for candidate in candidates if candidate.box is not None})


def froc(candidates: Sequence[Sequence[Candidate]], boxes: int) -> FrocCurve:
    """The free-response curve over patients, each with its own candidates; ``boxes`` is their number in all.

    A box counts from its best region on; its other regions are neither hits nor false (Bunch et al. 1977).
    """
    best: dict[tuple[int, int], float] = {}
    false = []
    for patient, found in enumerate(candidates):
        for candidate in found:
            if candidate.box is None:
                false.append(candidate.score)
            else:
                key = patient, candidate.box
                best[key] = max(best.get(key, 0.0), candidate.score)
    hits, alarms = np.sort(list(best.values())), np.sort(false)
    thresholds = np.unique(np.concatenate([hits, alarms]))[::-1]
    above_hits = len(hits) - np.searchsorted(hits, thresholds)
    above_alarms = len(alarms) - np.searchsorted(alarms, thresholds)
    return FrocCurve(
        np.concatenate([[0.0], above_hits / max(boxes, 1)]), np.concatenate([[0.0], above_alarms / len(candidates)])
    )
