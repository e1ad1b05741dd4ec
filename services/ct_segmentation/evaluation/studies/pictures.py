"""Pictures of an evaluation by studies: each type's calibration and ROC, and volumes against exact ones."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from services.ct_segmentation.evaluation.studies.cases import slices_of
from services.ct_segmentation.evaluation.studies.observation import BleedSize, StudyObservation
from shared.evaluation.plots.canvas import BLUE, GREY, new_figure, plain, save
from shared.evaluation.plots.reliability import draw_reliability
from shared.evaluation.plots.roc import draw_roc


def draw_study_pictures(
    studies: Sequence[StudyObservation],
    thresholds: Mapping[str, float],
    trained: Sequence[str],
    note: str,
    folder: Path,
) -> Iterator[Path]:
    """Draw what ``studies`` define into ``folder``, one picture at a time; ``note`` stands under each.

    Raises PlottingUnavailableError without matplotlib.
    """
    cases = [slices_of([study], trained) for study in studies]
    for index, name in enumerate(trained):
        told = [one.of_type(index) for one in cases]
        labels, scores = [y for y, _ in told], [p for _, p in told]
        together = np.concatenate(labels)
        if together.any() and not together.all():
            title = f"P({name}) by slice"
            yield draw_reliability(together, np.concatenate(scores), title, folder / f"reliability_{name}.png", note)
            mark = {"threshold": thresholds[name]}
            yield draw_roc(labels, scores, mark, title, folder / f"roc_{name}.png", note)
    sizes = [study.size for study in studies if study.size is not None]
    if any(one.labelled_ml > 0 for one in sizes):
        yield draw_volumes(sizes, folder / "volumes.png", note)


def draw_volumes(sizes: Sequence[BleedSize], path: Path, note: str) -> Path:
    """Predicted against exact mL, and their difference with its 95 % limits of agreement (Bland and Altman 1986)."""
    exact = np.array([one.labelled_ml for one in sizes if one.labelled_ml > 0])
    predicted = np.array([one.predicted_ml for one in sizes if one.labelled_ml > 0])
    difference = predicted - exact
    figure = new_figure(11.0, 5.0)
    against, apart = figure.subplots(1, 2)
    reach = 1.05 * max(float(exact.max()), float(predicted.max()))
    against.plot([0, reach], [0, reach], color=GREY, linewidth=1, linestyle="--")
    against.plot(exact, predicted, "o", color=BLUE, alpha=0.6, markersize=5, markeredgewidth=0)
    against.set(xlim=(0, reach), ylim=(0, reach), title=f"{len(exact)} studies with a bleed")
    plain(against, "exact volume, mL", "predicted volume, mL")
    apart.plot(exact, difference, "o", color=BLUE, alpha=0.6, markersize=5, markeredgewidth=0)
    bias, spread = float(difference.mean()), 1.96 * float(difference.std(ddof=1)) if len(difference) > 1 else 0.0
    for level, style in ((bias, "-"), (bias - spread, "--"), (bias + spread, "--")):
        apart.axhline(level, color=GREY, linewidth=1, linestyle=style)
    apart.set(title=f"bias {bias:+.2f} mL, 95 % limits {bias - spread:+.2f} to {bias + spread:+.2f} mL", xlim=(0, None))
    plain(apart, "exact volume, mL", "predicted less exact, mL")
    return save(figure, path, note)
