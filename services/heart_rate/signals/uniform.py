"""The traces of a video on a uniform grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.resampling import Grid, grid_of, resampled, without_repeats
from services.heart_rate.traces import RegionTraces


@dataclass(frozen=True)
class UniformTraces:
    """``rgb`` (R, 3, M) and where it is ``known`` (R, M); ``face`` (3, M): centre x, y and size, in face widths, and
    where it is ``seen`` (M,); ``background`` (3, M) relative to its mean; ``pixels`` (R,) mean skin pixels."""

    grid: Grid
    rgb: NDArray[np.float64]
    known: NDArray[np.bool_]
    face: NDArray[np.float64]
    seen: NDArray[np.bool_]
    background: NDArray[np.float64]
    pixels: NDArray[np.float64]


def uniform(traces: RegionTraces) -> UniformTraces:
    """``traces`` of at least two frames on their grid."""
    grid = grid_of(traces.times_s)
    colours = [resampled(traces.times_s, region.T, grid) for region in without_repeats(traces.rgb)]
    place = np.concatenate([traces.centre.T, traces.size[None]])
    face, seen = resampled(traces.times_s, place, grid)
    width = np.nanmean(traces.size) if np.isfinite(traces.size).any() else 1.0
    background, _ = resampled(traces.times_s, traces.background.T, grid)
    brightness = background.mean(axis=-1, keepdims=True)
    return UniformTraces(
        grid=grid,
        rgb=np.stack([values for values, _ in colours]),
        known=np.stack([known for _, known in colours]),
        face=face / width,
        seen=seen,
        background=np.divide(background, brightness, out=np.ones_like(background), where=brightness > 0),
        pixels=np.where(np.isfinite(traces.pixels), traces.pixels, 0.0).mean(axis=-1),
    )
