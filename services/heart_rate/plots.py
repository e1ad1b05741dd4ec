"""An estimate as pictures: the pulse wave, its spectrum, and the rate over time with its confidence band."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from services.heart_rate.result import HeartRateEstimate
from shared.evaluation.plots.canvas import BLUE, GREY, ORANGE, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Format = Literal["png", "svg"]
FORMATS: Final = ("png", "svg")
_SHOWN_S = 20.0  # of the pulse wave: in more, beats cannot be told apart
_RESEARCH = "Research use only; not a medical device."


def pulse_plot(said: HeartRateEstimate, form: Format = "png") -> bytes:
    """The last 20 s of the pulse wave. Raises PlottingUnavailableError without matplotlib."""

    def draw(axes: "Axes") -> None:
        plain(axes, "time, s", "pulse, standard deviations")
        if said.pulse is None or not said.pulse.values:
            return _say_nothing(axes, said)
        values = np.array(said.pulse.values)
        times = said.pulse.start_s + np.arange(len(values)) / said.pulse.rate_hz
        shown = times >= times[-1] - _SHOWN_S
        axes.plot(times[shown], values[shown], color=BLUE, linewidth=1.2)
        return None

    return _rendered(draw, "Pulse wave", said, form)


def spectrum_plot(said: HeartRateEstimate, form: Format = "png") -> bytes:
    """Power over rate, with the given rate marked, or none. Raises PlottingUnavailableError without matplotlib."""

    def draw(axes: "Axes") -> None:
        plain(axes, "rate, bpm", "share of power per bin")
        if said.spectrum is None:
            return _say_nothing(axes, said)
        axes.plot(said.spectrum.bpm, said.spectrum.power, color=BLUE, linewidth=1.2)
        axes.set_ylim(bottom=0)
        if said.bpm is not None:
            axes.axvline(said.bpm, color=ORANGE, linewidth=1.2, label=f"{said.bpm:.1f} bpm")
            axes.legend(frameon=False, fontsize=9)
        return None

    return _rendered(draw, "Spectrum of the pulse", said, form)


def trend_plot(said: HeartRateEstimate, form: Format = "png") -> bytes:
    """The rate over time with its band of 95 %, broken where it is not believed. Raises as the others."""

    def draw(axes: "Axes") -> None:
        plain(axes, "time, s", "heart rate, bpm")
        bpm, low, high = (np.array(row, float) for row in (said.trend.bpm, said.trend.low, said.trend.high))
        if not np.isfinite(bpm).any():
            return _say_nothing(axes, said)
        times = np.array(said.trend.times_s)
        axes.fill_between(times, low, high, color=BLUE, alpha=0.18, linewidth=0, label="95 % band")
        axes.vlines(times, low, high, color=BLUE, alpha=0.18, linewidth=3)  # a lone window has no band to fill
        axes.plot(times, bpm, color=BLUE, linewidth=1.6, marker=".", markersize=3)
        axes.legend(frameon=False, fontsize=9)
        return None

    return _rendered(draw, "Heart rate over time", said, form)


PLOTS: Final[dict[str, Callable[[HeartRateEstimate, Format], bytes]]] = {
    "pulse": pulse_plot,
    "spectrum": spectrum_plot,
    "trend": trend_plot,
}


def draw_plots(said: HeartRateEstimate, folder: Path, form: Format = "png") -> Iterator[Path]:
    """Write every plot of ``said`` into ``folder``, which is made; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PLOTS.items():
        path = folder / f"{name}.{form}"
        path.write_bytes(draw(said, form))
        yield path


def _say_nothing(axes: "Axes", said: HeartRateEstimate) -> None:
    """A plot of nothing says why: an empty one would look like a flat line."""
    axes.annotate(
        f"withheld: {said.reason}", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color=GREY
    )


def _rendered(draw: Callable[["Axes"], None], title: str, said: HeartRateEstimate, form: Format) -> bytes:
    figure = new_figure(6.4, 3.2)
    import matplotlib  # which is there, as the line before has found

    figure.suptitle(f"{title}: {said.bpm:.1f} bpm" if said.bpm is not None else f"{title}: rate withheld")
    draw(figure.subplots())
    figure.supxlabel(f"Confidence {said.confidence:.2f}. {_RESEARCH}", fontsize=8, color=GREY)
    written = BytesIO()
    # Without a date and with its own names of parts, equal estimates give equal files; words stay words in them.
    with matplotlib.rc_context({"svg.hashsalt": title, "svg.fonttype": "none"}):
        figure.savefig(written, format=form, metadata={"Date": None} if form == "svg" else None)
    return written.getvalue()
