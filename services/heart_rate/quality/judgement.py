"""From a tracked rate and its features to what is said: the number with its band, or the reason for none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.quality.confidence import ConfidenceModel
from services.heart_rate.signals.spectrum import HIGHEST_BPM, LOWEST_BPM, normalised
from services.heart_rate.tracking.path import Track, interval_of
from shared.contracts.heart_rate import Reason, Trend

# Of the posterior; the model's scale makes a band of 95 % of it.
_POSTERIOR_SHARE: Final = 0.9
# As far as one line of a window of 10 s reaches, and a little more.
_LINE_REACH_BPM: Final = 10.0


@dataclass(frozen=True)
class Judgement:
    """``bpm``, ``low`` and ``high`` are None where withheld, with the ``reason``; ``quality`` are the mean features."""

    candidate_bpm: float
    confidence: float
    bpm: float | None
    low: float | None
    high: float | None
    reason: Reason | None
    quality: dict[str, float]
    trend: Trend


def judged(
    model: ConfidenceModel,
    bpm: NDArray[np.float64],
    track: Track,
    rate: NDArray[np.float64],
    features: Mapping[str, NDArray[np.float64]],
    usable: NDArray[np.bool_],
    middles_s: NDArray[np.float64],
) -> Judgement:
    """What is said of the ``rate`` (W,) tracked over windows about ``middles_s`` (W,), of which some are ``usable``.

    The recording's rate is the mean over its usable windows, weighted by their signal-to-noise ratio, so that a minute
    of stillness is not spoiled by a minute of moving; its features are weighted likewise. A window by itself is held to
    the same model and the same threshold.
    """
    weights = usable * 10 ** (features["snr_db"] / 10)
    weights = weights / weights.sum()
    candidate = float(weights @ rate)
    quality = {name: float(weights @ values) for name, values in features.items()}
    confidence = float(model.confidence({name: np.array([value]) for name, value in quality.items()})[0])
    given = confidence >= model.threshold
    # Whether another line is the pulse is the confidence's matter; the band tells how well this one is placed.
    near = np.abs(bpm - rate[:, None]) <= _LINE_REACH_BPM
    low, high = interval_of(bpm, normalised(track.posterior * near), _POSTERIOR_SHARE)
    half = model.interval_scale * 0.5 * (high - low)
    half_of_all = float(weights @ half)
    # How wide the posterior is, before it is scaled: what the scale is fitted on.
    quality["windows"] = float(usable.sum())
    quality["spread_bpm"] = float(weights @ (0.5 * (high - low)))
    windows = np.where(usable, model.confidence(features), 0.0)
    return Judgement(
        candidate_bpm=candidate,
        confidence=confidence,
        bpm=candidate if given else None,
        low=max(LOWEST_BPM, candidate - half_of_all) if given else None,
        high=min(HIGHEST_BPM, candidate + half_of_all) if given else None,
        reason=None if given else model.reason(quality),
        quality=quality,
        trend=_trend(middles_s, rate, half, windows, windows >= model.threshold),
    )


def _trend(
    middles_s: NDArray[np.float64],
    rate: NDArray[np.float64],
    half: NDArray[np.float64],
    confidence: NDArray[np.float64],
    given: NDArray[np.bool_],
) -> Trend:
    def shown(values: NDArray[np.float64]) -> tuple[float | None, ...]:
        return tuple(value if keep else None for value, keep in zip(values.tolist(), given.tolist(), strict=True))

    return Trend(
        times_s=tuple(middles_s.tolist()),
        bpm=shown(rate),
        low=shown(np.maximum(rate - half, LOWEST_BPM)),
        high=shown(np.minimum(rate + half, HIGHEST_BPM)),
        confidence=tuple(confidence.tolist()),
    )
