"""The pictures of an evaluation: Bland-Altman, and given against withheld by confidence."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from services.heart_rate.evaluation.bland_altman import agreement
from services.heart_rate.evaluation.case import WRONG_BPM, Case
from services.heart_rate.evaluation.intervals import numbered
from shared.evaluation.plots.canvas import BLACK, BLUE, GREY, ORANGE, new_figure, plain, save


def draw_pictures(cases: Sequence[Case], title: str, folder: Path, note: str) -> list[Path]:
    """Draw all of them into ``folder``; those that the cases can fill.

    Raises PlottingUnavailableError without matplotlib.
    """
    drawn = []
    if any(not np.isnan(case.error_bpm) for case in cases):
        drawn.append(_draw_bland_altman(cases, title, folder / "bland_altman.png", note))
    if any(not np.isnan(case.candidate_error_bpm) for case in cases):
        drawn.append(_draw_confidence(cases, title, folder / "confidence.png", note))
    return drawn


def _draw_bland_altman(cases: Sequence[Case], title: str, path: Path, note: str) -> Path:
    given = [case for case in cases if not np.isnan(case.error_bpm)]
    errors = np.array([case.error_bpm for case in given])
    middles = np.array([case.true_bpm for case in given]) + errors / 2
    limits = agreement(errors, numbered([case.person for case in given]))
    figure = new_figure(6.4, 4.4)
    figure.suptitle(title)
    axes = figure.subplots()
    axes.scatter(middles, errors, s=14, color=BLUE, alpha=0.7, linewidths=0)
    for limit, style in ((limits.bias, "-"), (limits.lower, "--"), (limits.upper, "--")):
        axes.axhline(limit.value, color=BLACK, linewidth=1, linestyle=style)
        axes.axhspan(limit.low, limit.high, color=GREY, alpha=0.2, linewidth=0)
        axes.annotate(f"{limit.value:+.2f}", (1.0, limit.value), xycoords=("axes fraction", "data"), fontsize=8)
    plain(axes, "mean of given and true, bpm", "given minus true, bpm")
    return save(figure, path, note)


def _draw_confidence(cases: Sequence[Case], title: str, path: Path, note: str) -> Path:
    """Every number that was computed: how far it is off, how sure it was, and whether it was given."""
    computed = [case for case in cases if not np.isnan(case.candidate_error_bpm)]
    figure = new_figure(6.4, 4.4)
    figure.suptitle(title)
    axes = figure.subplots()
    for was_given, colour, label in ((True, BLUE, "given"), (False, ORANGE, "withheld")):
        of = [case for case in computed if (case.given is not None) == was_given]
        axes.scatter(
            [case.confidence for case in of],
            [max(abs(case.candidate_error_bpm), 0.01) for case in of],
            s=16,
            color=colour,
            alpha=0.7,
            linewidths=0,
            label=label,
        )
    axes.axhline(WRONG_BPM, color=GREY, linewidth=1, linestyle="--")
    axes.set_yscale("log")
    axes.legend(frameon=False, fontsize=9)
    plain(axes, "confidence", "error of the computed rate, bpm (log)")
    return save(figure, path, note)
