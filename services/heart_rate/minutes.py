"""A reading as vital signs: one rate a minute, since a row a second would say the same sixty times."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shared.contracts.heart_rate import HeartRateReport

_MINUTE_S: Final = 60.0


@dataclass(frozen=True)
class MinuteRate:
    """The rate about ``offset_s`` into the video, and the calibrated probability that it is within 5 bpm."""

    offset_s: float
    bpm: float
    confidence: float


def minute_rates(report: HeartRateReport, duration_s: float) -> list[MinuteRate]:
    """The rates of a video of ``duration_s``: of each minute the mean of its believed seconds; none where withheld.

    A video of a minute at most is one rate: the reading's own. Each stands at the middle of its minute, or of what the
    video shows of it, whatever was believed: who reads the video again gets the same times.
    """
    if report.bpm is None:
        return []
    if duration_s <= _MINUTE_S:
        return [MinuteRate(duration_s / 2, report.bpm, report.confidence)]
    trend = report.trend
    bpm = np.array(trend.bpm, float)
    confidence = np.array(trend.confidence)
    minutes = np.floor_divide(trend.times_s, _MINUTE_S).astype(int)
    believed = np.isfinite(bpm)
    return [
        MinuteRate(
            offset_s=_MINUTE_S * minute + min(_MINUTE_S, duration_s - _MINUTE_S * minute) / 2,
            bpm=float(bpm[here].mean()),
            confidence=float(confidence[here].mean()),
        )
        for minute in np.unique(minutes[believed]).tolist()
        if (here := believed & (minutes == minute)).any()
    ]
