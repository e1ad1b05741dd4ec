"""One recording of a data set: whose face, in which circumstances, its frames, and the rate of its contact sensor."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.resampling import grid_of, resampled
from services.heart_rate.signals.spectrum import peak_bpm, power_spectrum
from services.heart_rate.traces import RegionTraces
from shared.errors import InputRefusedError

_SHORTEST_S = 2.0


class DatasetLayoutError(InputRefusedError):
    """A folder does not hold the data set in the layout of its authors."""

    code = "dataset_layout"


@dataclass(frozen=True)
class DatasetRecording:
    """``read`` gives the traces of its video; ``contact`` the times (N,) in s and the wave (N,) of its contact sensor.

    Both read files, and only when they are asked.
    """

    name: str
    person: str
    condition: str
    read: Callable[[FaceDetector], RegionTraces]
    contact: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]]

    def true_bpm(self) -> float:
        """The highest peak of the contact sensor's spectrum from 40 to 240 bpm, as published comparisons have it."""
        times, wave = self.contact()
        return wave_rate(times, wave)


def wave_rate(times_s: NDArray[np.float64], wave: NDArray[np.float64]) -> float:
    """The rate in bpm at which the spectrum of ``wave`` (N,) at ``times_s`` (N,) is highest."""
    grid = grid_of(times_s)
    even = resampled(times_s, wave[None], grid)[0]
    bpm, power = power_spectrum(detrended(even, smoothness(grid.rate_hz)), grid.rate_hz)
    return float(peak_bpm(bpm, power)[0])


def risen(times_s: NDArray[np.float64], wave: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both (N,) without the samples at which the device's clock stood still.

    Raises DatasetLayoutError where they differ in number, or where less than 2 s are left.
    """
    if times_s.shape != wave.shape:
        raise DatasetLayoutError(f"The contact sensor has {len(wave)} samples at {len(times_s)} times; copy it again.")
    later = np.diff(np.maximum.accumulate(times_s), prepend=-np.inf) > 0
    if not later.any() or times_s[later][-1] - times_s[later][0] < _SHORTEST_S:
        raise DatasetLayoutError("The contact sensor's wave is shorter than 2 s; copy it again.")
    return times_s[later], wave[later]
