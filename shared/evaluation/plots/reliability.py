"""The reliability diagram: forecast against what happened, and how many forecasts stand behind each point."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.evaluation.calibration import expected_calibration_error, recalibrate, reliability_table
from shared.evaluation.plots.canvas import BLACK, BLUE, GREY, new_figure, plain, save

_BINS = 10


def draw_reliability(
    labels: NDArray[np.bool_], probabilities: NDArray[np.floating], title: str, path: Path, note: str
) -> Path:
    """Draw the diagram of one finding to ``path``: bins of equal width with Wilson intervals, counts below.

    Raises PlottingUnavailableError without matplotlib.
    """
    figure = new_figure(5.6, 6.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="perfect")
    table = reliability_table(labels, probabilities, _BINS, equal="width")
    mean = np.array([row.mean_probability for row in table])
    observed = np.array([row.observed.value for row in table])
    whiskers = np.array(
        [[row.observed.value - row.observed.low, row.observed.high - row.observed.value] for row in table]
    )
    above.errorbar(
        mean, observed, np.maximum(whiskers.T, 0), fmt="o", color=BLUE, markersize=5, linewidth=1.2, label="observed"
    )
    for row in table:
        right = row.mean_probability < 0.9
        above.annotate(
            f"{row.count}",
            (row.mean_probability, row.observed.value),
            xytext=(6 if right else -6, 4),
            textcoords="offset points",
            ha="left" if right else "right",
            fontsize=8,
            color=BLACK,
        )
    fit = recalibrate(labels, probabilities)
    error = expected_calibration_error(labels, probabilities)
    figure.suptitle(title)
    above.set_title(
        f"slope {fit.slope:.2f}, intercept {fit.intercept:+.2f}, calibration error {error:.3f}", fontsize=9, pad=10
    )
    above.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    above.legend(loc="lower right", frameon=False, fontsize=9)
    plain(above, "", "observed share (95 % Wilson)")
    edges = np.linspace(0, 1, 21)
    below.hist([probabilities[~labels], probabilities[labels]], bins=list(edges), stacked=True, color=[GREY, BLUE],
               label=["absent", "present"])  # fmt: skip
    below.set_yscale("log")
    below.set_ylim(bottom=0.6)
    below.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
    plain(below, "forecast probability", "cases (log)")
    return save(figure, path, note)
