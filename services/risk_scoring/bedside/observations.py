"""What the bedside risk reads: measurements, behaviour, and the time somebody watched, each with how good it is."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.risk_scoring.scores.news2 import Consciousness

# One time zone, so that the same instant written twice is one observation.
Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
Share = Annotated[float, Field(ge=0, le=1)]
HeartRateSource = Literal["rppg", "wearable", "monitor"]
VitalSource = Literal["wearable", "monitor", "staff"]


class _Observation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    patient_id: UUID


class _Moment(_Observation):
    at: Instant
    quality: Share = Field(description="0: worthless, 1: as good as the source can be")

    @property
    def began(self) -> datetime:
        """When it was seen first."""
        return self.at

    @property
    def ended(self) -> datetime:
        """When it was seen last."""
        return self.at


class _Interval(_Observation):
    started_at: Instant
    ended_at: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended_at < self.started_at:
            raise ValueError("ended_at: the end lies before the start")
        return self

    @property
    def began(self) -> datetime:
        """When it was seen first."""
        return self.started_at

    @property
    def ended(self) -> datetime:
        """When it was seen last."""
        return self.ended_at


class HeartRate(_Moment):
    """One estimate of the pulse."""

    kind: Literal["heart_rate"] = "heart_rate"
    source: HeartRateSource
    bpm: Annotated[float, Field(ge=15, le=350)]


class BloodPressure(_Moment):
    """One measurement in mmHg."""

    kind: Literal["blood_pressure"] = "blood_pressure"
    source: VitalSource
    systolic_mmhg: Annotated[float, Field(ge=30, le=350)]
    diastolic_mmhg: Annotated[float, Field(ge=10, le=250)]

    @model_validator(mode="after")
    def _pressures_in_order(self) -> Self:
        if self.diastolic_mmhg >= self.systolic_mmhg:
            raise ValueError("diastolic_mmhg: not below the systolic pressure")
        return self


class OxygenSaturation(_Moment):
    """SpO2 in percent."""

    kind: Literal["spo2"] = "spo2"
    source: VitalSource
    percent: Annotated[float, Field(ge=0, le=100)]


class Respiration(_Moment):
    """Breaths a minute."""

    kind: Literal["respiration"] = "respiration"
    source: VitalSource
    per_min: Annotated[float, Field(ge=0, le=120)]


class Temperature(_Moment):
    """Body temperature in °C."""

    kind: Literal["temperature"] = "temperature"
    source: VitalSource
    celsius: Annotated[float, Field(ge=20, le=46)]


class ConsciousnessCheck(_Moment):
    """What the patient answers to (ACVPU)."""

    kind: Literal["consciousness"] = "consciousness"
    source: VitalSource
    state: Consciousness


class CtFinding(_Moment):
    """Whether a head CT shows a bleed; ``quality`` is the finding's probability, or 1 where a person confirmed it."""

    kind: Literal["ct"] = "ct"
    haemorrhage: bool


class BehaviourEvent(_Interval):
    """One action that the recogniser saw, with its probability."""

    kind: Literal["behaviour"] = "behaviour"
    action: Annotated[str, Field(min_length=1, max_length=64)]
    confidence: Share


class Watched(_Interval):
    """Time in which a camera saw the patient and the recogniser looked: no event in it means that nothing happened."""

    kind: Literal["watched"] = "watched"
    quality: Share


Observation = Annotated[
    HeartRate
    | BloodPressure
    | OxygenSaturation
    | Respiration
    | Temperature
    | ConsciousnessCheck
    | CtFinding
    | BehaviourEvent
    | Watched,
    Field(discriminator="kind"),
]


class History(BaseModel):
    """What is known of the patient. None is not known: it adds nothing, and takes confidence away."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    age_years: Annotated[float, Field(ge=0, le=130)] | None = None
    hypertension: bool | None = None
    prior_stroke: bool | None = None
    prior_haemorrhage: bool | None = None
    anticoagulant: bool | None = None
    antiplatelet: bool | None = None
    heavy_alcohol: bool | None = None
