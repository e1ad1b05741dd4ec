"""One model against one folder of labelled slices."""

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from services.ct_segmentation.evaluation.figures import NOTES, add_figures
from services.ct_segmentation.evaluation.observations import HeadObservation, observe
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.phe_sich import PheSichArchive
from shared.evaluation.report import EvaluationReport


def evaluate(network: HaemorrhageNetwork, data: Path, patients: Sequence[str] | None) -> EvaluationReport:
    """Figures of ``network`` on ``data`` (a folder with slices.zip); all its patients where none are named.

    Raises DatasetError where the folder cannot be read or a named patient is missing.
    """
    return report_on(network, observe_heads(network, data, patients))


def observe_heads(network: HaemorrhageNetwork, data: Path, patients: Sequence[str] | None) -> list[HeadObservation]:
    """Run the network over ``data``, with a progress bar; what figures and pictures are made of.

    Raises DatasetError where the folder cannot be read or a named patient is missing.
    """
    archive = PheSichArchive(data)
    chosen = archive.choose(patients)
    with tqdm(total=len(chosen), desc="evaluating", unit="patient") as bar:
        return list(observe(archive, chosen, network, network.thresholds, lambda: bar.update() and None))


def report_on(network: HaemorrhageNetwork, heads: Sequence[HeadObservation]) -> EvaluationReport:
    """The report of ``heads``, which ``network`` was run over."""
    report = EvaluationReport(
        model={"name": network.name, "version": network.version, "sha256": network.manifest.sha256},
        data={
            "patients": len(heads),
            "slices": sum(len(head.lesion) for head in heads),
            "marked_slices": sum(int(head.lesion.sum()) for head in heads),
            "boxes": sum(head.boxes for head in heads),
            "thresholds": network.thresholds,
        },
        notes=list(NOTES),
    )
    add_figures(report, heads, network.thresholds)
    return report
