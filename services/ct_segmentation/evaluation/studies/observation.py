"""What the network says of each study, and what is known of it, reduced to scores and sizes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.framing import INPUT_SIZE, Frame
from services.ct_segmentation.measurements import without_specks
from services.ct_segmentation.metrics import average_surface_distance, dice, hausdorff_distance
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.network_grid import network_grid
from services.ct_segmentation.training.datasets.labelled_study import HAEMORRHAGE, LabelledStudy, Outlines, TypeLabels
from services.ct_segmentation.training.framed_slices import FramedSlices

Spacing = tuple[float, float, float]


@dataclass(frozen=True)
class BleedSize:
    """The bleed as outlined and as predicted: voxels of ``voxel_ml``, Dice, and distances of surfaces in mm.

    ``voxel_ml`` and the distances are NaN without a known spacing; distances are infinite where one mask alone is
    empty.
    """

    labelled_voxels: int
    predicted_voxels: int
    voxel_ml: float
    dice: float
    hausdorff_mm: float = math.nan
    hausdorff95_mm: float = math.nan
    surface_mm: float = math.nan

    @property
    def labelled_ml(self) -> float:
        """Outlined volume, mL."""
        return self.labelled_voxels * self.voxel_ml

    @property
    def predicted_ml(self) -> float:
        """Predicted volume, mL."""
        return self.predicted_voxels * self.voxel_ml


@dataclass(frozen=True)
class StudyObservation:
    """One study of S slices as the network sees them.

    ``slice_types`` are (S, 6), ``study_types`` (6,); ``scores`` maps each trained type to P per slice, (S,); ``size``
    is None where no bleed was outlined by the set's experts or generators.
    """

    study: str
    patient: str
    slice_types: TypeLabels
    study_types: TypeLabels
    scores: Mapping[str, NDArray[np.float32]]
    size: BleedSize | None


def observe_labelled(study: LabelledStudy, network: HaemorrhageNetwork) -> StudyObservation:
    """Run the network as the service does: thin slices averaged, the mask back on the study's own grid."""
    grid = network_grid(study.hu.shape, study.spacing_mm)
    predictions = network.predict(grid.average(study.hu), lambda _: None)
    size = None
    if study.outlines is not None:
        voxel_ml = math.prod(study.spacing_mm) / 1000
        drawn = grid.spread(predictions.haematoma) >= network.thresholds["haematoma"] * 255
        size = _size_where_trusted(study.outlines, without_specks(drawn, voxel_ml), study.spacing_mm)
    return StudyObservation(
        study=f"{study.dataset} {study.study}",
        patient=study.patient,
        slice_types=_of_slabs(study.slice_types, grid.starts),
        study_types=study.study_types,
        scores=predictions.types,
        size=size,
    )


def observe_framed(data: FramedSlices, network: HaemorrhageNetwork) -> StudyObservation:
    """Run the network over one stack of ``data``, which lies in its frame already and has no spacing any more."""
    whole = Frame(0, 0, INPUT_SIZE, (INPUT_SIZE, INPUT_SIZE))
    predictions = network.predict_windowed(np.asarray(data.images), lambda _: None, whole)
    types = TypeLabels(data.types & data.known, data.known)
    size = None
    if data.outlined[:, 0].any():
        drawn = data.outlined[:, 0, None, None]
        predicted = (predictions.haematoma >= network.thresholds["haematoma"] * 255) & drawn
        size = bleed_size(predicted, (data.masks[:, 0] > 127) & drawn, None)
    stack = str(data.stacks[0])
    return StudyObservation(stack, stack, types, types.of_study(), predictions.types, size)


def bleed_size(predicted: NDArray[np.bool_], labelled: NDArray[np.bool_], spacing_mm: Spacing | None) -> BleedSize:
    """Compare two masks (S, H, W); without ``spacing_mm`` by Dice alone."""
    size = BleedSize(
        int(labelled.sum()),
        int(predicted.sum()),
        math.prod(spacing_mm) / 1000 if spacing_mm else math.nan,
        dice(predicted, labelled),
    )
    if spacing_mm is None:
        return size
    return replace(
        size,
        hausdorff_mm=hausdorff_distance(predicted, labelled, spacing_mm),
        hausdorff95_mm=hausdorff_distance(predicted, labelled, spacing_mm, percentile=95),
        surface_mm=average_surface_distance(predicted, labelled, spacing_mm),
    )


def _size_where_trusted(outlines: Outlines, predicted: NDArray[np.bool_], spacing_mm: Spacing) -> BleedSize | None:
    """Sizes over the slices whose outline nothing contradicts; None where none is left."""
    if not outlines.trusted.any():
        return None
    trusted = outlines.trusted[:, None, None]
    labelled = np.isin(outlines.labels, [int(label) for label in HAEMORRHAGE])
    return bleed_size(predicted & trusted, labelled & trusted, spacing_mm)


def _of_slabs(types: TypeLabels, starts: tuple[int, ...]) -> TypeLabels:
    """Labels of slices as those of the slabs that begin at ``starts``: one slice that shows a type is enough."""
    present = np.logical_or.reduceat(types.present, starts)
    return TypeLabels(present, present | np.logical_and.reduceat(types.known, starts))
