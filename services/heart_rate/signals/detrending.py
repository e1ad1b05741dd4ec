"""Detrending by smoothness priors: a time-varying high-pass that keeps the ends, in O(N)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

# Halfway between breathing (to 0.5 Hz, weakly) and the slowest pulse of 40 bpm = 0.67 Hz, of which 88 % remain.
CUTOFF_HZ: Final = 0.4


def smoothness(rate_hz: float, cutoff_hz: float = CUTOFF_HZ) -> float:
    """The regularisation λ whose detrending halves ``cutoff_hz`` at ``rate_hz``: λ = 1 / (2 sin(π f / fs))²."""
    return float((2 * np.sin(np.pi * cutoff_hz / rate_hz)) ** -2)


def detrended(signal: NDArray[np.float64], regularisation: float) -> NDArray[np.float64]:
    """``signal`` (..., N) less its trend along the last axis: z − (I + λ² D₂ᵀD₂)⁻¹ z, D₂ the second differences.

    Source: Tarvainen, Ranta-aho, Karjalainen, "An advanced detrending method with application to HRV analysis",
    IEEE Trans Biomed Eng 2002;49:172, eq. 13. The matrix has five diagonals, hence a banded solver.
    """
    count = signal.shape[-1]
    if count < 5:
        return np.asarray(signal - signal.mean(axis=-1, keepdims=True))
    diagonals = np.empty((3, count))
    # D₂ᵀD₂ in upper banded form; its ends differ because differences stop there.
    diagonals[0] = 1.0
    diagonals[1] = -4.0
    diagonals[1, [1, -1]] = -2.0
    diagonals[2] = 6.0
    diagonals[2, [0, -1]] = 1.0
    diagonals[2, [1, -2]] = 5.0
    diagonals *= regularisation**2
    diagonals[2] += 1.0
    columns = signal.reshape(-1, count).T
    trend = solveh_banded(diagonals, columns, check_finite=False).T.reshape(signal.shape)
    return np.asarray(signal - trend)
