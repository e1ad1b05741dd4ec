"""A hidden Markov model of the rate: its best path (Viterbi), and how sure it is at each time (forward-backward)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Steepest change that a path may take. At the onset of exercise a heart gains 1 to 2 bpm per second; windows of 10 s
# see it later and smoother.
SLEW_BPM_PER_S: Final = 4.0
# Standard deviation of a change. Normal rather than exponential: the cost of a steady drift must not add up to more
# than the evidence that it is there.
CHANGE_BPM_PER_S: Final = 2.0
# Windows of 10 s that lie 1 s apart share most of their samples: each counts for a fifth of an observation, two for
# every 10 s. Where there are fewer than ten windows, together they count for two, and one by itself for one.
_WINDOWS_PER_OBSERVATION: Final = 5
_OBSERVATIONS: Final = 2
# A spectrum's floor, over an even spectrum: no single window can forbid a rate.
_FLOOR: Final = 0.05


@dataclass(frozen=True)
class Track:
    """Over W windows and F rates: ``path`` (W,) bins of the best path, ``posterior`` (W, F), each row summing to 1."""

    path: NDArray[np.int64]
    posterior: NDArray[np.float64]


def tracked(bpm: NDArray[np.float64], scores: NDArray[np.float64], hop_s: float) -> Track:
    """The track through ``scores`` (W, F), each row summing to 1, of windows ``hop_s`` apart.

    A row of equal values (nothing seen) leaves every rate as likely as its neighbours in time make it.
    """
    floored = scores + _FLOOR / scores.shape[-1]
    weight = max(1 / _WINDOWS_PER_OBSERVATION, min(1.0, _OBSERVATIONS / len(scores)))
    evidence = weight * np.log(floored / floored.max(axis=-1, keepdims=True))
    reach = max(1, int(SLEW_BPM_PER_S * hop_s / (bpm[1] - bpm[0])))
    change = np.arange(-reach, reach + 1) * (bpm[1] - bpm[0]) / (CHANGE_BPM_PER_S * hop_s)
    kernel = np.exp(-0.5 * change**2)
    return Track(_viterbi(evidence, np.log(kernel / kernel.sum())), _posterior(np.exp(evidence), kernel / kernel.sum()))


def _viterbi(evidence: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.int64]:
    """The path (W,) of the highest sum of ``evidence`` (W, F) and of log-probabilities ``steps`` (2 reach + 1)."""
    windows, rates = evidence.shape
    reach = len(steps) // 2
    came_from = np.empty((windows, rates), np.int64)
    best = evidence[0]
    for window in range(1, windows):
        padded = np.pad(best, reach, constant_values=-np.inf)
        arriving = np.lib.stride_tricks.sliding_window_view(padded, len(steps)) + steps  # (F, 2 reach + 1)
        choice = arriving.argmax(axis=-1)
        came_from[window] = choice + np.arange(rates) - reach
        best = arriving[np.arange(rates), choice] + evidence[window]
    path = np.empty(windows, np.int64)
    path[-1] = best.argmax()
    for window in range(windows - 1, 0, -1):
        path[window - 1] = came_from[window, path[window]]
    return path


def _posterior(likelihood: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(rate | all windows) (W, F) from ``likelihood`` (W, F) and the probabilities ``kernel`` of a change."""
    forward = np.empty_like(likelihood)
    backward = np.empty_like(likelihood)
    forward[0] = likelihood[0] / likelihood[0].sum()
    backward[-1] = 1.0
    for window in range(1, len(likelihood)):
        ahead = np.convolve(forward[window - 1], kernel, "same") * likelihood[window]
        forward[window] = ahead / ahead.sum()
        behind = np.convolve(backward[-window] * likelihood[-window], kernel, "same")
        backward[-window - 1] = behind / behind.sum()
    joint = forward * backward
    return np.asarray(joint / joint.sum(axis=-1, keepdims=True))


def interval_of(
    bpm: NDArray[np.float64], posterior: NDArray[np.float64], share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper rate (W,) between which the middle ``share`` of each row of ``posterior`` (W, F) lies."""
    summed = np.cumsum(posterior, axis=-1)
    low = (summed < (1 - share) / 2).sum(axis=-1)
    high = (summed < (1 + share) / 2).sum(axis=-1)
    return bpm[np.minimum(low, len(bpm) - 1)], bpm[np.minimum(high, len(bpm) - 1)]
