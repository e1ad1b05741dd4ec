"""DICOM slices that carry labels of their own: sorted and stacked as acquired, without interpolating any.

``reading.dicom_series`` lays a series on an even grid and refuses what it cannot; a slice made up between two labelled
ones has no label, and in a set of thousands one broken slice must not cost its series.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.errors import NotDicomError
from services.ct_segmentation.reading.pixels import decode_slice
from services.ct_segmentation.reading.slice_headers import SliceHeader, read_dataset, slice_headers
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.training.datasets.dataset import MIN_SLICES
from services.ct_segmentation.training.datasets.errors import ImageUnreadableError, SeriesUnusableError
from services.ct_segmentation.training.datasets.labelled_study import LeftOut
from services.ct_segmentation.volume import AIR_HU, Acquisition, CtVolume
from shared.errors import InputRefusedError

SAME_POSITION_MM = 0.01
SAME_DIRECTION_COSINE = 1e-3
IRREGULAR_SHARE = 0.1
# Dense bone that fills all four corners of a slice is no bone.
PADDING_ABOVE_HU = 1000


@dataclass(frozen=True)
class Slice:
    """A decoded slice: ``hu`` int16 (H, W)."""

    name: str
    header: SliceHeader
    hu: NDArray[np.int16]


@dataclass(frozen=True)
class DicomStack:
    """``volume`` on the acquired grid with the names of its slices; its affine has the median slice distance."""

    volume: CtVolume
    names: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def read_stack(files: Mapping[str, Path]) -> DicomStack:
    """Read single-frame files by name. Unreadable, blank and repeated slices are left out and named.

    Raises SeriesUnusableError where fewer than 5 slices remain or they are not parallel.
    """
    left_out: list[LeftOut] = []
    slices = []
    for number, (name, path) in enumerate(files.items(), 1):
        try:
            slices.append(_read_slice(name, path, number))
        except InputRefusedError as error:
            left_out.append(LeftOut(name, error.code, f"{name}: {error.detail}"))
    kept = _one_position_each(_of_one_size([s for s in slices if not _is_blank(s, left_out)], left_out), left_out)
    if len(kept) < MIN_SLICES:
        raise SeriesUnusableError(f"{len(kept)} of {len(files)} slices are usable, fewer than {MIN_SLICES}.")
    steps = np.diff(_depths(kept))
    spacing = float(np.median(steps))
    if np.abs(steps - spacing).max() > IRREGULAR_SHARE * spacing:
        detail = (
            f"Slice distances vary from {steps.min():.2f} to {steps.max():.2f} mm; the slices are kept as acquired."
        )
        left_out.append(LeftOut(kept[0].name, "spacing_irregular", detail))
    hu = np.stack([_without_wrapped_padding(entry, left_out) for entry in kept])
    volume = CtVolume(hu, _affine(kept, spacing), Acquisition(source="dicom"))
    return DicomStack(volume, tuple(entry.name for entry in kept), tuple(left_out))


def _read_slice(name: str, path: Path, number: int) -> Slice:
    file = StudyFile(path.name, lambda: path.open("rb"))
    dataset = read_dataset(file, number)
    if dataset is None:
        raise NotDicomError("The file is not DICOM; download it again.")
    try:
        header = next(iter(slice_headers(dataset, file, number)))
        return Slice(name, header, decode_slice(dataset, header).hu)
    except (AttributeError, TypeError, ValueError) as error:  # an element that decoding needs is absent or no number
        raise ImageUnreadableError(f"An element is missing or wrong ({error}); download it again.") from error


def _is_blank(entry: Slice, left_out: list[LeftOut]) -> bool:
    blank = bool((entry.hu == entry.hu[0, 0]).all())
    if blank:
        left_out.append(LeftOut(entry.name, "image_blank", f"{entry.name} has one value everywhere."))
    return blank


def _of_one_size(slices: list[Slice], left_out: list[LeftOut]) -> list[Slice]:
    """The slices of the commonest size."""
    if not slices:
        return []
    common = Counter(entry.hu.shape for entry in slices).most_common(1)[0][0]
    left_out += [
        LeftOut(entry.name, "size_differs", f"{entry.name} has another size than the other slices of its series.")
        for entry in slices
        if entry.hu.shape != common
    ]
    return [entry for entry in slices if entry.hu.shape == common]


def _one_position_each(slices: list[Slice], left_out: list[LeftOut]) -> list[Slice]:
    """Sorted along the normal; of slices at one place the first by name is kept."""
    if not slices:
        return []
    directions = np.array([(*entry.header.row_direction, *entry.header.column_direction) for entry in slices])
    if np.ptp(directions, axis=0).max() > SAME_DIRECTION_COSINE:
        raise SeriesUnusableError("The slices are not parallel, so that they make no volume.")
    by_name = sorted(slices, key=lambda entry: entry.name)
    depths = _depths(by_name)
    kept: list[Slice] = []
    last = -np.inf
    for index in np.argsort(depths, kind="stable"):
        if depths[index] - last <= SAME_POSITION_MM:
            entry = by_name[index]
            left_out.append(LeftOut(entry.name, "position_repeated", f"{entry.name} lies where {kept[-1].name} does."))
            continue
        kept.append(by_name[index])
        last = depths[index]
    return kept


def _depths(slices: list[Slice]) -> NDArray[np.float64]:
    """Positions along the normal in mm, (N,)."""
    normal = np.cross(slices[0].header.row_direction, slices[0].header.column_direction)
    normal /= np.linalg.norm(normal)
    return np.asarray(np.array([entry.header.position for entry in slices]) @ normal, np.float64)


def _affine(slices: list[Slice], spacing_mm: float) -> NDArray[np.float64]:
    first, depths = slices[0].header, _depths(slices)
    way = np.subtract(slices[-1].header.position, first.position) / (depths[-1] - depths[0])  # mm per mm of depth
    affine = np.eye(4)
    affine[:3, 0] = np.multiply(first.row_direction, first.column_spacing_mm)
    affine[:3, 1] = np.multiply(first.column_direction, first.row_spacing_mm)
    affine[:3, 2] = way * spacing_mm
    affine[:3, 3] = first.position
    return affine


def _without_wrapped_padding(entry: Slice, left_out: list[LeftOut]) -> NDArray[np.int16]:
    """Padding that was stored in 12 unsigned bits and wrapped around to look like bone, back to air.

    A slice of such a file has one value above any tissue in all four corners. Taking every value from 2048 on for
    wrapped, as is commonly done, would turn dense bone into air.
    """
    corners = entry.hu[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners[0] < PADDING_ABOVE_HU or (corners != corners[0]).any():
        return entry.hu
    left_out.append(
        LeftOut(entry.name, "padding_wrapped", f"{entry.name} had padding stored as {corners[0]} HU; now air.")
    )
    return np.where(entry.hu == corners[0], np.int16(AIR_HU), entry.hu)
