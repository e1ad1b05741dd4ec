"""What an estimate says: numbers, or none and the reason; and what the plots are drawn from."""

from pydantic import BaseModel, ConfigDict

from services.heart_rate.quality.reasons import Reason


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trend(_Result):
    """The rate over time, one entry a second, at the middle of its window; None where the window is not believed."""

    times_s: tuple[float, ...]
    bpm: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    confidence: tuple[float, ...]


class MethodRate(_Result):
    """What one method would have said by itself. For comparison: none of these is gated."""

    method: str
    bpm: float
    snr_db: float


class BreathingRate(_Result):
    """Breaths per minute, or None and the reason. ``spread`` is how far its sources lie apart."""

    per_minute: float | None
    spread: float | None
    reason: Reason | None


class HeartRateVariability(_Result):
    """SDNN and RMSSD in ms over ``beats`` accepted intervals, or None and the reason."""

    sdnn_ms: float | None
    rmssd_ms: float | None
    intervals: int
    reason: Reason | None


class PulseWave(_Result):
    """The fused pulse, for a plot: rises when blood flows in; of unit standard deviation."""

    start_s: float
    rate_hz: float
    values: tuple[float, ...]


class Spectrum(_Result):
    """Power of the fused pulse, summing to 1, at ``bpm``."""

    bpm: tuple[float, ...]
    power: tuple[float, ...]


class HeartRateEstimate(_Result):
    """A heart rate with the band in which it lies 95 times of 100, or None and the reason.

    ``confidence`` is the calibrated probability that ``candidate_bpm`` lies within 5 bpm of the truth. The candidate
    is what would have been said, kept so that an evaluation can count the errors that were withheld: it must not be
    shown to anybody as a heart rate.
    """

    bpm: float | None
    confidence: float
    reason: Reason | None
    bpm_low: float | None
    bpm_high: float | None
    candidate_bpm: float | None
    trend: Trend
    breathing_rate: BreathingRate
    hrv: HeartRateVariability
    methods: tuple[MethodRate, ...]
    quality: dict[str, float]
    pulse: PulseWave | None
    spectrum: Spectrum | None


def nothing(reason: Reason, quality: dict[str, float] | None = None) -> HeartRateEstimate:
    """The estimate from input that could not even be analysed."""
    return HeartRateEstimate(
        bpm=None,
        confidence=0.0,
        reason=reason,
        bpm_low=None,
        bpm_high=None,
        candidate_bpm=None,
        trend=Trend(times_s=(), bpm=(), low=(), high=(), confidence=()),
        breathing_rate=BreathingRate(per_minute=None, spread=None, reason=reason),
        hrv=HeartRateVariability(sdnn_ms=None, rmssd_ms=None, intervals=0, reason=reason),
        methods=(),
        quality=quality or {},
        pulse=None,
        spectrum=None,
    )
