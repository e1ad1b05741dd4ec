"""One model against studies whose types, masks or millimetres are known."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from services.ct_segmentation.evaluation.studies.observation import (
    StudyObservation,
    observe_labelled,
)
from services.ct_segmentation.evaluation.studies.type_figures import add_type_figures
from services.ct_segmentation.evaluation.studies.volume_figures import add_volume_figures
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.datasets.dataset import LabelledDataset
from services.ct_segmentation.training.datasets.labelled_study import LeftOut
from shared.evaluation.bootstrap import REPEATS
from shared.evaluation.report import EvaluationReport

NOTES = [
    f"95 % percentile intervals of {REPEATS} bootstrap resamples of patients; Wilson intervals of shares of studies.",
    "Empty masks: both empty is Dice 1, one empty is Dice 0 and an infinite distance, counted as missed_bleeds.",
]


def observe_dataset(
    dataset: LabelledDataset, studies: Sequence[str] | None, network: HaemorrhageNetwork, left_out: list[LeftOut]
) -> Iterator[StudyObservation]:
    """Run the network over the ``studies`` of a public set (all where None); what cannot be used joins ``left_out``."""
    for study in dataset.iterate(left_out.append, studies):
        yield observe_labelled(study, network)


def by_patient(studies: Iterable[StudyObservation]) -> list[list[StudyObservation]]:
    """The studies of each patient together."""
    patients: dict[str, list[StudyObservation]] = defaultdict(list)
    for study in studies:
        patients[study.patient].append(study)
    return list(patients.values())


def report_on_studies(
    network: HaemorrhageNetwork, studies: Sequence[StudyObservation], data: dict[str, Any], notes: Sequence[str]
) -> EvaluationReport:
    """The report of ``studies``, which ``network`` was run over; ``data`` and ``notes`` say where they come from."""
    patients = by_patient(studies)
    trained = network.manifest.types
    report = EvaluationReport(
        model={"name": network.name, "version": network.version, "sha256": network.manifest.sha256},
        data={
            **data,
            "patients": len(patients),
            "studies": len(studies),
            "slices": int(np.sum([len(study.slice_types.known) for study in studies])),
            "thresholds": network.thresholds,
            "types": list(trained),
        },
        notes=[*notes, *NOTES],
    )
    add_type_figures(report, patients, network.thresholds, trained)
    add_volume_figures(report, patients)
    return report
