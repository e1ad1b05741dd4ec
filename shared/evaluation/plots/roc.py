"""The ROC curve with its band over patients and the points at which the model is used."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.plots.canvas import BLUE, GREY, ORANGE, new_figure, plain, save
from shared.evaluation.roc import roc_band, roc_curve
from shared.evaluation.scores import roc_auc

_MARKS = ("o", "s", "D", "^")


def draw_roc(
    labels: Sequence[NDArray[np.bool_]],
    scores: Sequence[NDArray[np.floating]],
    thresholds: Mapping[str, float],
    title: str,
    path: Path,
    note: str,
    corner: bool = True,
) -> Path:
    """Draw the curve over all cases of all patients, whole and enlarged at its corner; ``thresholds`` by name.

    ``labels`` and ``scores`` hold one array per patient, who is what the band draws again. Without ``corner`` the whole
    alone is drawn: a modest curve does not reach there.

    Raises PlottingUnavailableError without matplotlib, ValueError where all labels agree.
    """
    truth, forecast = np.concatenate(labels), np.concatenate(scores)
    curve, band = roc_curve(truth, forecast), roc_band(labels, scores)
    reaches = (1.0, 0.2) if corner else (1.0,)
    figure = new_figure(5.0 * len(reaches), 5.8)
    figure.suptitle(f"{title}: AUC {roc_auc(truth, forecast):.4f}")
    for axes, reach in zip(figure.subplots(1, len(reaches), squeeze=False)[0], reaches, strict=True):
        if band is not None:
            axes.fill_between(
                band.false_positive_rate, band.low, band.high, color=BLUE, alpha=0.18, linewidth=0, label="95 % band"
            )
        axes.plot(curve.false_positive_rate, curve.sensitivity, color=BLUE, linewidth=1.6, drawstyle="steps-post")
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
        for mark, (name, threshold) in zip(_MARKS, thresholds.items(), strict=False):
            called = forecast >= threshold
            x, y = float(called[~truth].mean()), float(called[truth].mean())
            label = f"{name} {threshold:.3g}: sensitivity {y:.3f}, specificity {1 - x:.3f}"
            inside = x <= reach and y >= 1 - reach  # a mark on the edge is drawn whole, one beyond it not at all
            axes.plot(x, y, mark, color=ORANGE, markersize=7, label=label, clip_on=not inside)
        margin = 0.015 * reach
        axes.set(xlim=(-margin, reach + margin), ylim=(1 - reach - margin, 1 + margin), aspect="equal")
        axes.set_xticks(np.linspace(0, reach, 5))
        axes.set_yticks(np.linspace(1 - reach, 1, 5))
        plain(axes, "false-positive rate", "sensitivity")
    figure.axes[0].legend(loc="lower right", frameon=False, fontsize=8)
    if corner:
        figure.axes[1].set_title("upper left corner", fontsize=9, color=GREY)
    return save(figure, path, note)
