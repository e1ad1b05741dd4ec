"""From presentation times, which are uneven, to a uniform grid: short gaps bridged, long ones marked."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

# A gap of half a second hides at most one beat at 120 bpm and no frequency of the band: it is bridged.
BRIDGED_S: Final = 0.5
# The band ends at 4 Hz; more than 30 samples per second add work and no pulse.
HIGHEST_RATE_HZ: Final = 30.0


@dataclass(frozen=True)
class Grid:
    """Uniform times: ``start_s`` + i / ``rate_hz`` for i below ``length``."""

    start_s: float
    rate_hz: float
    length: int

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(M,) the grid's times."""
        return self.start_s + np.arange(self.length) / self.rate_hz

    @property
    def duration_s(self) -> float:
        """Seconds that the grid's samples stand for."""
        return self.length / self.rate_hz


def grid_of(times_s: NDArray[np.float64]) -> Grid:
    """The grid of a recording: the usual frame rate (by the median interval), at most 30 Hz, from first to last frame.

    ``times_s`` (N,) with N >= 2, strictly rising.
    """
    rate = min(HIGHEST_RATE_HZ, 1.0 / float(np.median(np.diff(times_s))))
    length = int((times_s[-1] - times_s[0]) * rate + 1e-6) + 1
    return Grid(float(times_s[0]), rate, length)


def resampled(
    times_s: NDArray[np.float64], values: NDArray[np.float64], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """``values`` (C, N) at ``times_s`` (N,) on the grid: (C, M), and where (M,) they are known.

    A frame is known where all its C values are finite. Short gaps are bridged by modified Akima pieces, which follow
    a sine and do not overshoot at a step; long gaps and the ends are filled on a straight line and marked unknown,
    so that no NaN reaches the arithmetic behind. With no or one known frame everything is 0 and unknown.
    """
    seen = np.isfinite(values).all(axis=0)
    times, known = times_s[seen], values[:, seen]
    if len(times) >= 2:
        times, known = _averaged(times, known, grid)
    if len(times) < 2:
        return np.zeros((len(values), grid.length)), np.zeros(grid.length, np.bool_)
    wanted = grid.times_s
    after = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    half_step = 0.5 / grid.rate_hz
    inside = (wanted >= times[0] - half_step) & (wanted <= times[-1] + half_step)
    bridged = np.diff(times)[after - 1] <= BRIDGED_S
    held = np.clip(wanted, times[0], times[-1])
    smooth = Akima1DInterpolator(times, known, axis=-1, method="makima")(held)
    straight = np.stack([np.interp(held, times, row) for row in known])
    return np.where(bridged, smooth, straight), inside & bridged


def without_repeats(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """``rgb`` (R, N, 3) with NaN where a frame's colours equal those of the frame before in every region.

    A frame that a camera or a coder sent twice tells what was true earlier; interpolation does better.
    """
    same = (rgb[:, 1:] == rgb[:, :-1]) | (np.isnan(rgb[:, 1:]) & np.isnan(rgb[:, :-1]))
    repeated = np.concatenate([[False], same.all(axis=(0, 2))])
    return np.where(repeated[None, :, None], np.nan, rgb)


def longest_run(known: NDArray[np.bool_]) -> slice:
    """Where ``known`` (M,) is true for the longest time without a break; empty where it never is."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return slice(0, 0)
    longest = int((ends - starts).argmax())
    return slice(int(starts[longest]), int(ends[longest]))


def _averaged(
    times: NDArray[np.float64], values: NDArray[np.float64], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means over the grid's intervals where frames come much faster than the grid, lest noise fold into the band."""
    if (len(times) - 1) < 1.5 * grid.rate_hz * (times[-1] - times[0]):
        return times, values
    interval = np.floor((times - grid.start_s) * grid.rate_hz + 0.5).astype(np.int64)
    starts = np.flatnonzero(np.diff(interval, prepend=interval[0] - 1))
    counts = np.diff(np.append(starts, len(times)))
    return np.add.reduceat(times, starts) / counts, np.add.reduceat(values, starts, axis=-1) / counts
