"""How far predicted volumes and surfaces are from exact ones."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from services.ct_segmentation.evaluation.size_bands import PATIENT_BANDS
from services.ct_segmentation.evaluation.studies.observation import BleedSize, StudyObservation
from shared.evaluation.bootstrap import bootstrap_mean
from shared.evaluation.proportions import wilson
from shared.evaluation.report import EvaluationReport, Row

# Under this, a relative error is one of a few voxels.
_RELATIVE_FROM_ML = 1.0


def add_volume_figures(
    report: EvaluationReport, patients: Sequence[Sequence[StudyObservation]], prefix: str = ""
) -> None:
    """Add Dice, and where the spacing is known volumes in mL and distances in mm; nothing without outlines.

    ``prefix`` begins every name, where one report holds several kinds of study.
    """
    sizes = [[study.size for study in studies if study.size is not None] for studies in patients]
    bleeding = [[one for one in of_patient if one.labelled_voxels] for of_patient in sizes]
    everything = [one for of_patient in sizes for one in of_patient]
    if not everything:
        return
    _add_mean(report, f"{prefix}bleed_dice", bleeding, lambda one: one.dice, "Dice, studies with a bleed.")
    _add_missed_and_invented(report, everything, prefix)
    if any(math.isnan(one.voxel_ml) for one in everything):
        return
    _add_mean(
        report, f"{prefix}volume_bias_ml", bleeding, lambda one: one.predicted_ml - one.labelled_ml,
        "Predicted less outlined volume of studies with a bleed, mL; under 0 is too small.",
    )  # fmt: skip
    _add_mean(
        report, f"{prefix}volume_error_ml", bleeding, lambda one: abs(one.predicted_ml - one.labelled_ml),
        "Size of that difference, mL.",
    )  # fmt: skip
    _add_mean(
        report, f"{prefix}relative_volume_error",
        [[one for one in of_patient if one.labelled_ml >= _RELATIVE_FROM_ML] for of_patient in bleeding],
        lambda one: abs(one.predicted_ml - one.labelled_ml) / one.labelled_ml,
        f"Size of that difference over the outlined volume, bleeds of {_RELATIVE_FROM_ML:g} mL and more.",
    )  # fmt: skip
    both = [[one for one in of_patient if one.predicted_voxels] for of_patient in bleeding]
    for name, read, words in (
        ("hausdorff_mm", lambda one: one.hausdorff_mm, "Hausdorff distance"),
        ("hausdorff95_mm", lambda one: one.hausdorff95_mm, "95th percentile of the Hausdorff distance"),
        ("surface_mm", lambda one: one.surface_mm, "Mean distance of both surfaces (ASSD)"),
    ):
        _add_mean(
            report,
            f"{prefix}{name}",
            both,
            read,
            f"{words}, mm, where both masks hold a bleed.",
        )
    report.add_table(
        f"{prefix}volume_by_size",
        list(_rows([one for of_patient in bleeding for one in of_patient])),
        "Studies by outlined volume: share with any predicted mask (outlined, Wilson interval), mean difference and "
        "mean size of the difference in mL, mean Dice.",
    )


def _add_mean(
    report: EvaluationReport,
    name: str,
    patients: Sequence[Sequence[BleedSize]],
    read: Callable[[BleedSize], float],
    definition: str,
) -> None:
    means = [float(np.mean([read(one) for one in of_patient])) for of_patient in patients if of_patient]
    report.add(name, bootstrap_mean(np.array(means, np.float64)), f"Mean over patients. {definition}")


def _add_missed_and_invented(report: EvaluationReport, sizes: Sequence[BleedSize], prefix: str) -> None:
    bleeding = [one for one in sizes if one.labelled_voxels]
    clear = [one for one in sizes if not one.labelled_voxels]
    report.add(
        f"{prefix}missed_bleeds",
        wilson(sum(not one.predicted_voxels for one in bleeding), len(bleeding)),
        "Share of studies with a bleed and an empty predicted mask: their surfaces are infinitely far apart.",
    )
    report.add(
        f"{prefix}invented_bleeds",
        wilson(sum(bool(one.predicted_voxels) for one in clear), len(clear)),
        "Share of studies without a bleed and yet a predicted mask; null without any.",
    )


def _rows(sizes: Sequence[BleedSize]) -> Iterator[Row]:
    for band in PATIENT_BANDS:
        chosen = [one for one in sizes if band.holds(one.labelled_ml)]
        if chosen:
            difference = np.array([one.predicted_ml - one.labelled_ml for one in chosen])
            yield {
                "bleed": band.name("mL"),
                "studies": len(chosen),
                "outlined": wilson(sum(bool(one.predicted_voxels) for one in chosen), len(chosen)),
                "bias_ml": float(difference.mean()),
                "error_ml": float(np.abs(difference).mean()),
                "dice": float(np.mean([one.dice for one in chosen])),
            }
