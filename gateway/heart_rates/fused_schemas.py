"""The fused heart rate as an answer."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.vitals import VitalSource


class DeviceRate(BaseModel):
    """What one device measured in one minute: medians."""

    model_config = ConfigDict(from_attributes=True)

    source: VitalSource
    device: str
    bpm: float
    quality: float = Field(description="0 to 1: by the device, or by its kind where it does not say; rPPG: confidence")


class FusedPoint(BaseModel):
    """The heart rate of one minute, from everything that measured it."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="When the minute begins")
    bpm: float = Field(description="Where devices disagree: of those that agree with the most certain one")
    low: float = Field(description="95 % band; where devices disagree, it holds all of them")
    high: float
    disagreement_bpm: float | None = Field(description="How far the devices lie apart; null of one alone")
    disagrees: bool = Field(description="Whether two devices differ by more than 10 bpm")
    sources: list[DeviceRate]


class PatientHeartRate(BaseModel):
    """A patient's heart rate, one point for each minute in which anything measured it."""

    latest: FusedPoint | None = Field(description="null where nothing measured it in these hours")
    points: list[FusedPoint] = Field(description="The earliest first")
