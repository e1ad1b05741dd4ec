"""What the heart rate service says of one video. Stored as JSON and served by the gateway as it is."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Reason(StrEnum):
    """Why a number is withheld, as a stable code. The comment says what a person can do about it."""

    TOO_SHORT = "too_short"  # record longer
    FRAME_RATE_TOO_LOW = "frame_rate_too_low"  # record with more frames per second
    NO_FACE = "no_face"  # point the camera at a face
    FACE_LOST = "face_lost"  # keep the face in view
    SIGNAL_LOST = "signal_lost"  # of a wave: keep the sensor on the skin
    MOTION = "motion"  # hold still
    ILLUMINATION = "illumination"  # steady the light
    COMPRESSION = "compression"  # record at a higher bit rate
    FRAME_TIMING = "frame_timing"  # the camera or the network loses frames
    WEAK_PULSE = "weak_pulse"  # come nearer, add light
    METHODS_DISAGREE = "methods_disagree"
    REGIONS_DISAGREE = "regions_disagree"
    UNSTABLE_RATE = "unstable_rate"  # no steady rate over time
    TOO_FEW_BEATS = "too_few_beats"  # for variability or breathing: record longer
    IRREGULAR_BEATS = "irregular_beats"  # too many beats missed, or an irregular rhythm


class Trend(_Part):
    """The rate over time, one entry a second, at the middle of its window; null where the window is not believed."""

    times_s: tuple[float, ...]
    bpm: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    confidence: tuple[float, ...]


class MethodRate(_Part):
    """What one method would have said by itself. For comparison: none of these is gated."""

    method: str
    bpm: float
    snr_db: float


class BreathingRate(_Part):
    """Breaths per minute, or null and the reason. ``spread`` is how far its sources lie apart."""

    per_minute: float | None
    spread: float | None
    reason: Reason | None


class HeartRateVariability(_Part):
    """SDNN and RMSSD in ms over ``intervals`` accepted beats, or null and the reason."""

    sdnn_ms: float | None
    rmssd_ms: float | None
    intervals: int
    reason: Reason | None


class PulseWave(_Part):
    """The fused pulse, for a plot: rises when blood flows in; of unit standard deviation."""

    start_s: float
    rate_hz: float
    values: tuple[float, ...]


class Spectrum(_Part):
    """Power of the fused pulse, summing to 1, at ``bpm``."""

    bpm: tuple[float, ...]
    power: tuple[float, ...]


class HeartRateReport(_Part):
    """A heart rate with the band in which it lies 95 times of 100, or null and the reason."""

    bpm: float | None
    confidence: float = Field(ge=0, le=1, description="Calibrated probability that the rate is within 5 bpm")
    reason: Reason | None = Field(description="Why there is no rate; null where there is one")
    bpm_low: float | None
    bpm_high: float | None
    trend: Trend
    breathing_rate: BreathingRate
    hrv: HeartRateVariability
    methods: tuple[MethodRate, ...]
    quality: dict[str, float]
    pulse: PulseWave | None
    spectrum: Spectrum | None
