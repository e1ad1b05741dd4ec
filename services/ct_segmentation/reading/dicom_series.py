"""One DICOM CT series as a volume of Hounsfield units."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.errors import DicomUnreadableError, VolumeTooLargeError
from services.ct_segmentation.reading.acquired_at import acquired_at
from services.ct_segmentation.reading.pixels import DecodedSlice, decode_slice
from services.ct_segmentation.reading.series_peculiarities import series_peculiarities
from services.ct_segmentation.reading.series_selection import SelectedSeries, select_series
from services.ct_segmentation.reading.slice_grid import SliceGrid, lay_on_grid
from services.ct_segmentation.reading.slice_headers import SliceHeader, read_dataset
from services.ct_segmentation.reading.study_files import StudyFile
from services.ct_segmentation.volume import Acquisition, CtVolume, SeriesIdentity

# 1024 slices of 512 x 512, 0.5 GiB as int16.
MAX_VOXELS = 2**28
HEADERS_SHARE = 0.3  # of the reading time; the rest is decoding


def read_dicom_series(files: Sequence[StudyFile], on_progress: Callable[[float], None]) -> CtVolume:
    """Read the one axial CT series among ``files``; ``on_progress`` hears the share done (0 to 1).

    Raises what ``select_series``, ``lay_on_grid`` and ``decode_slice`` raise, and VolumeTooLargeError.
    """
    series = select_series(files, lambda share: on_progress(HEADERS_SHARE * share))
    grid = lay_on_grid(series.slices)
    shape = (len(grid.slices), grid.ordered[0].rows, grid.ordered[0].columns)
    if np.prod(shape) > MAX_VOXELS:
        raise VolumeTooLargeError(
            f"The series has {shape[0]} slices of {shape[1]}x{shape[2]} pixels, more than {MAX_VOXELS} voxels; "
            "send a reconstruction with thicker slices."
        )
    hu = np.empty(shape, np.int16)
    padded_pixels = wrapped_pixels = 0
    places = {source.sources[0]: k for k, source in enumerate(grid.slices) if source.weight == 0}
    between: dict[int, NDArray[np.int16]] = {}  # slices that only serve to interpolate their neighbours
    for done, (index, decoded) in enumerate(_decoded(grid.ordered), 1):
        padded_pixels += decoded.padded_pixels
        wrapped_pixels += decoded.wrapped_pixels
        if index in places:
            hu[places[index]] = decoded.hu
        else:
            between[index] = decoded.hu
        on_progress(HEADERS_SHARE + (1 - HEADERS_SHARE) * done / len(grid.ordered))
    for k, source in enumerate(grid.slices):
        if source.weight:
            before, after = (between[i] if i in between else hu[places[i]] for i in source.sources)
            hu[k] = np.rint((1 - source.weight) * before.astype(np.float32) + source.weight * after)
    volume = CtVolume(hu, grid.affine, _acquisition(series), _identity(series, grid))
    padded_share = padded_pixels / (len(grid.ordered) * shape[1] * shape[2])
    named = series_peculiarities(series, grid, volume, padded_share, wrapped_pixels)
    return replace(volume, peculiarities=named)


def _decoded(ordered: Sequence[SliceHeader]) -> Iterator[tuple[int, DecodedSlice]]:
    """Each slice with its place in ``ordered``; a file of many frames is opened once."""
    by_file = sorted(range(len(ordered)), key=lambda index: (ordered[index].number, ordered[index].frame))
    for number, indices in groupby(by_file, key=lambda index: ordered[index].number):
        dataset = None
        for index in indices:
            dataset = dataset or read_dataset(ordered[index].file, number)
            if dataset is None:
                raise DicomUnreadableError(f"File {number} of the upload changed while it was read; send it again.")
            yield index, decode_slice(dataset, ordered[index])


def _acquisition(series: SelectedSeries) -> Acquisition:
    facts = series.facts
    return Acquisition(
        source="dicom",
        manufacturer=facts.manufacturer,
        model=facts.model,
        kernel=facts.kernel,
        kvp=facts.kvp,
        slice_thickness_mm=facts.slice_thickness_mm,
        transfer_syntax=facts.transfer_syntax_uid,
        acquired_at=acquired_at(series.header),
    )


def _identity(series: SelectedSeries, grid: SliceGrid) -> SeriesIdentity:
    sources = [grid.ordered[s.sources[0]] if s.weight == 0 else None for s in grid.slices]
    return SeriesIdentity(
        study_instance_uid=series.facts.study_instance_uid,
        series_instance_uid=series.facts.series_instance_uid,
        frame_of_reference_uid=series.facts.frame_of_reference_uid,
        sop_class_uid=series.facts.sop_class_uid,
        sop_instance_uids=tuple(source.sop_instance_uid if source else None for source in sources),
        frame_numbers=tuple(source.frame + 1 if source else None for source in sources),
        positions_mm=tuple(source.position if source else None for source in sources),
        header=series.header,
    )
