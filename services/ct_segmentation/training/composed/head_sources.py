"""Heads without a bleed from a DICOM study (CQ500) and from bleed-free slices of PHE-SICH patients."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.framing import find_frame
from services.ct_segmentation.geometry import canonical_view, upright_grid
from services.ct_segmentation.reading.study import read_study
from services.ct_segmentation.reading.study_files import study_files_at
from services.ct_segmentation.training.composed.fields import Spacing, blurred
from services.ct_segmentation.training.composed.head import Head, depth_of
from services.ct_segmentation.training.composed.intracranial import find_intracranial
from services.ct_segmentation.training.phe_sich import LabelledHead, PheSichArchive
from services.ct_segmentation.windowing import brain_window, window_to_hu

CQ500, PHE_SICH = "cq500", "phe_sich"
BONE_HU = 200.0
SATURATED_HU = 78.0
# PHE-SICH has no spacing; these are usual for it, and a head comes out 190 to 210 mm long.
ASSUMED_PIXEL_MM, ASSUMED_SLICE_MM = 0.45, 5.0
SHORTEST_RUN, AWAY_FROM_LESION = 5, 2
SMALLEST_SECTION_CM2 = 20.0
# Unlabelled blood (ventricles, above all): brighter than grey matter, darker than calcium, deeper than bone's blur.
BLOOD_HU, BLOOD_MM2, BLOOD_DEPTH_MM = (50.0, 76.0), 40.0, 8.0
MARGIN = 12  # pixels of air kept around the head


def cq500_head(path: Path, pixel_mm: float = 0.8, merge: int = 2) -> Head:
    """The head of a DICOM study at ``path``, with ``pixel_mm`` in plane and ``merge`` slices averaged into one.

    Raises what ``read_study`` raises.
    """
    view = canonical_view(read_study(study_files_at(path)))
    grid = upright_grid(view)
    hu = grid.shear(view.hu)
    slice_mm, row_mm, _ = grid.spacing_mm
    count = len(hu) // merge
    factor = row_mm / pixel_mm
    size = (round(hu.shape[2] * factor), round(hu.shape[1] * factor))
    merged = (hu[k * merge : (k + 1) * merge].mean(axis=0, dtype=np.float32) for k in range(count))
    small = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in merged])
    frame = find_frame(brain_window(small))
    rows = slice(max(frame.top - MARGIN, 0), frame.top + frame.side + MARGIN)
    columns = slice(max(frame.left - MARGIN, 0), frame.left + frame.side + MARGIN)
    return head_from_hu(
        path.stem, CQ500, np.ascontiguousarray(small[:, rows, columns]), (slice_mm * merge, pixel_mm, pixel_mm)
    )


def phe_sich_heads(archive: PheSichArchive, patients: Sequence[str]) -> Iterator[Head]:
    """Each run of bleed-free slices of each patient as a head, framed to 256 pixels as the network sees it."""
    for patient in patients:
        labelled = archive.read(patient)
        frame = find_frame(labelled.windowed)
        pixel_mm = ASSUMED_PIXEL_MM * frame.side / 256
        for first, end in bleed_free_runs(labelled):
            windowed = np.stack([frame.crop(image) for image in labelled.windowed[first:end]])
            spacing = (ASSUMED_SLICE_MM, pixel_mm, pixel_mm)
            head = _clean(head_from_hu(f"{patient}:{first}", PHE_SICH, window_to_hu(windowed), spacing))
            if head is not None:
                yield head


def bleed_free_runs(labelled: LabelledHead) -> list[tuple[int, int]]:
    """(first, end) of the slices below and above all lesions, at least two slices away from any."""
    marked = np.flatnonzero(labelled.lesion)
    if not len(marked):
        return [(0, len(labelled.windowed))]
    runs = [(0, int(marked[0]) - AWAY_FROM_LESION), (int(marked[-1]) + AWAY_FROM_LESION + 1, len(labelled.windowed))]
    return [(first, end) for first, end in runs if end - first >= SHORTEST_RUN]


def head_from_hu(name: str, source: str, hu: NDArray[np.float32], spacing_mm: Spacing) -> Head:
    """Find the brain's space in slices ``hu`` (S, H, W) that run upwards; ``source`` says what bone looks like."""
    bone = hu > (BONE_HU if source == CQ500 else SATURATED_HU)
    inside = find_intracranial(hu, bone, spacing_mm[1])
    return Head(name, source, hu, depth_of(inside, spacing_mm), spacing_mm)


def _clean(head: Head) -> Head | None:
    """The longest run of slices of ``head`` that show brain and no unlabelled blood; None where it is too short."""
    calm = blurred(head.hu, 1.5)
    blood = (calm > BLOOD_HU[0]) & (calm < BLOOD_HU[1]) & (head.depth_mm > BLOOD_DEPTH_MM)
    pixel_mm2 = head.spacing_mm[1] ** 2
    usable = [
        head.inside[k].sum() * pixel_mm2 > 100 * SMALLEST_SECTION_CM2 and _largest(blood[k]) * pixel_mm2 < BLOOD_MM2
        for k in range(len(head.hu))
    ]
    best = (0, 0)
    start = 0
    for k, good in enumerate([*usable, False]):
        if not good:
            best = max(best, (start, k), key=lambda run: run[1] - run[0])
            start = k + 1
    if best[1] - best[0] < SHORTEST_RUN:
        return None
    kept = slice(*best)
    # The depth below the table was measured with the vault's slices above, and stays so.
    return replace(head, hu=head.hu[kept], depth_mm=head.depth_mm[kept])


def _largest(mask: NDArray[np.bool_]) -> int:
    """Pixels of the largest connected part of ``mask`` (H, W)."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))
