"""Windows of a face's colours, ready for the methods: the light's own changes taken off, and the whole face added."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import relative
from services.heart_rate.signals.regression import disturbances, regressed
from services.heart_rate.signals.resampling import Grid
from services.heart_rate.signals.uniform import UniformTraces
from services.heart_rate.signals.windows import windowed

# 10 s tell 6 bpm apart and hold a rate that changes by 1 bpm per second within one line.
WINDOW_S: Final = 10.0
HOP_S: Final = 1.0
# A region counts in a window of which it was seen for this share.
KNOWN_SHARE: Final = 0.8


@dataclass(frozen=True)
class FaceWindows:
    """W windows of T samples. ``rgb`` (W, R + 1, 3, T): the regions, then the whole face. ``seen`` (W, R)."""

    rate_hz: float
    rgb: NDArray[np.float64]
    seen: NDArray[np.bool_]


def window_length(grid: Grid) -> tuple[int, int]:
    """Samples in a window and between windows: 10 s and 1 s, or the whole of a shorter recording."""
    return min(round(WINDOW_S * grid.rate_hz), grid.length), max(1, round(HOP_S * grid.rate_hz))


def window_count(grid: Grid) -> int:
    """How many windows a recording has."""
    length, hop = window_length(grid)
    return (grid.length - length) // hop + 1


def face_windows(traces: UniformTraces, at: slice) -> FaceWindows:
    """The windows ``at`` of ``traces``.

    The whole face is the mean of the regions' relative colours, weighted by their skin pixels: a mean of the colours
    themselves would jump whenever a darker region comes into sight.
    """
    length, hop = window_length(traces.grid)
    rgb = np.moveaxis(windowed(traces.rgb, length, hop)[:, :, at], 2, 0)  # (W, R, 3, T)
    light, place = (
        np.moveaxis(windowed(course, length, hop)[:, at], 1, 0) for course in (traces.background, traces.face)
    )  # (W, 3, T) each
    seen = windowed(traces.known.astype(np.float64), length, hop)[:, at].mean(axis=-1).T >= KNOWN_SHARE
    weights = seen * traces.pixels + 1e-9
    weights = (weights / weights.sum(axis=-1, keepdims=True))[..., None, None]  # (W, R, 1, 1)
    mean = rgb.mean(axis=-1, keepdims=True)
    regressors = disturbances(relative(light), place, traces.grid.rate_hz)[:, None]
    colour = regressed(relative(rgb), regressors, traces.grid.rate_hz)
    whole = (weights * colour).sum(axis=1) * (weights * mean).sum(axis=1)
    return FaceWindows(traces.grid.rate_hz, np.concatenate([colour * mean, whole[:, None]], axis=1), seen)
