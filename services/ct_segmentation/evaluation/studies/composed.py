"""Composed scans as studies: their slices for types, their whole volumes for millilitres.

They are generated data, and every report on them says so.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from services.ct_segmentation.evaluation.studies.observation import (
    StudyObservation,
    observe_framed,
    observe_labelled,
)
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.composed.blood import Label as ComposedLabel
from services.ct_segmentation.training.datasets.labelled_study import HAEMORRHAGE, Label, LabelledStudy
from services.ct_segmentation.training.datasets.nifti_pairs import nifti_files, outlined_study, read_pair
from services.ct_segmentation.training.framed_slices import FramedSlices

NOTE = "Generated data: composed scans. No figure here says how the network does on patients."
_CODES = {int(label): Label[label.name] for label in ComposedLabel if label}
_LABELS = "-labels"


def observe_stacks(data: FramedSlices, network: HaemorrhageNetwork) -> Iterator[StudyObservation]:
    """Run the network over every scan of ``data``, in its frame."""
    for stack in dict.fromkeys(map(str, data.stacks)):
        yield observe_framed(data.of([stack]), network)


def volumes_by_kind(folder: Path) -> dict[str, list[str]]:
    """Names of the volumes that ``compose --volumes`` wrote into ``folder``, such as 001-thin, by their kind."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in nifti_files(folder):
        if not name.endswith(_LABELS):
            kinds[name.partition("-")[2]].append(name)
    return dict(kinds)


def read_volume(folder: Path, name: str) -> LabelledStudy:
    """One of these volumes, with the exact outline of every type. Raises what ``read_pair`` raises."""
    pair = read_pair(folder / f"{name}.nii.gz", folder / f"{name}{_LABELS}.nii.gz", _CODES)
    return outlined_study("composed", name, name.partition("-")[0], pair, HAEMORRHAGE - {Label.UNSPECIFIED})


def observe_volume(folder: Path, name: str, network: HaemorrhageNetwork) -> StudyObservation:
    """Run the network over one volume as the service does, from HU back to the scan's own grid."""
    return observe_labelled(read_volume(folder, name), network)
