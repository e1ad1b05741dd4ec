"""The sheet that every figure is drawn on: one size of type, few colours that the colour-blind can tell apart."""

from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import PlatformError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008).
BLUE, ORANGE, GREEN, SKY, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#8C8C8C", "#222222"
_DOTS_PER_INCH = 130


class PlottingUnavailableError(PlatformError):
    """Figures were asked for where matplotlib is not installed."""

    code = "plotting_unavailable"


def new_figure(width: float, height: float) -> "Figure":
    """An empty sheet of ``width`` x ``height`` inches, drawn without a screen.

    Raises PlottingUnavailableError where matplotlib is missing: what serves is installed without it.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PlottingUnavailableError(
            "Figures need matplotlib, which is not installed; install the extra 'train', or leave out the figures."
        ) from error
    return Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, layout="constrained")


def plain(axes: "Axes", x_label: str, y_label: str) -> None:
    """Name the axes; no box around, a light grid behind."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#E6E6E6", linewidth=0.7)
    axes.set_axisbelow(True)


def save(figure: "Figure", path: Path, note: str) -> Path:
    """Write ``figure`` as PNG with ``note`` (data, units, intervals) under it, making its folder; the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.supxlabel(note, fontsize=8, color=GREY, wrap=True)
    figure.savefig(path, format="png")
    return path
