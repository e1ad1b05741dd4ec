"""Vital signs as requests and answers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from gateway.jobs.schemas import Job
from gateway.paging import Page
from gateway.text import Identifier
from gateway.times import DeviceInstant
from shared.contracts.vitals import VITALS, VitalDefinition, VitalKind, VitalSource

MOST_VITALS: Final = 1000


class VitalIn(BaseModel):
    """One measured value. Its unit may be any that is taken for its kind; it is stored in the kind's own."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    kind: VitalKind = Field(description="LOINC code")
    unit: str = Field(max_length=32, description="UCUM")
    value: float
    measured_at: DeviceInstant = Field(description="By the device's clock, with its offset from UTC")
    quality: Annotated[float, Field(ge=0, le=1, description="The device's trust in the value")] | None = None
    patient_id: UUID | None = Field(None, description="Where the sender knows it per value; must be the batch's")
    corrects: bool = Field(False, description="Takes the place of what the device sent before for this time")

    @field_validator("unit")
    @classmethod
    def _taken(cls, unit: str, info: ValidationInfo) -> str:
        definition = _definition(info)
        if definition is not None and unit not in definition.units:
            raise ValueError(f"{definition.name} is taken in {' or '.join(definition.units)}")
        return unit

    @field_validator("value")
    @classmethod
    def _possible(cls, value: float, info: ValidationInfo) -> float:
        definition, unit = _definition(info), info.data.get("unit")
        if definition is None or unit is None:
            return value
        if not definition.lowest <= definition.converted(value, unit) <= definition.highest:
            limits = f"{definition.lowest:g} to {definition.highest:g} {definition.unit}"
            raise ValueError(f"{definition.name} lies from {limits}; is the unit right?")
        if definition.is_count and value != int(value):
            raise ValueError(f"{definition.name} is a whole number")
        return value

    @property
    def stored_value(self) -> float:
        """The value in the unit that its kind is stored in."""
        return VITALS[self.kind].converted(self.value, self.unit)


def _definition(info: ValidationInfo) -> VitalDefinition | None:
    kind = info.data.get("kind")
    return None if kind is None else VITALS[kind]


class VitalsBatch(BaseModel):
    """What one device measured of one patient; nothing, where it says so."""

    model_config = ConfigDict(extra="forbid")

    patient_id: UUID
    device: Identifier
    source: VitalSource = Field(VitalSource.MONITOR, description="How far its values can be believed")
    sent_at: DeviceInstant | None = Field(
        None,
        description="The device's clock at the moment of sending; by its skew measured_at is corrected",
    )
    vitals: Annotated[list[VitalIn], Field(max_length=MOST_VITALS)]

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """What cannot be true of the values together: fields with what is wrong."""
        seen: dict[tuple[VitalKind, datetime], float] = {}
        for number, vital in enumerate(self.vitals):
            if vital.patient_id not in (None, self.patient_id):
                yield f"vitals.{number}.patient_id", "is another patient than the batch's; send one batch for each"
            if seen.setdefault((vital.kind, vital.measured_at), vital.stored_value) != vital.stored_value:
                yield f"vitals.{number}.value", "differs from another value of this kind at the same time"
        for number, vital in enumerate(self.vitals):
            systolic = seen.get((VitalKind.SYSTOLIC, vital.measured_at))
            if vital.kind is VitalKind.DIASTOLIC and systolic is not None and vital.stored_value >= systolic:
                yield f"vitals.{number}.value", "the diastolic pressure is not below the systolic of the same time"


class VitalsIn(VitalsBatch):
    """What one device measured of one patient."""

    vitals: Annotated[list[VitalIn], Field(min_length=1, max_length=MOST_VITALS)]


class VitalsStored(BaseModel):
    """How many values were new, known already or absent, and the assessment that will use them."""

    stored: int
    duplicates: int
    skipped: int = Field(description="Values that FHIR says are absent (dataAbsentReason)")
    assessment: Job | None = Field(description="null where nothing was new")


class Vital(BaseModel):
    """One measured value, in the unit that its kind is stored in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: VitalKind
    value: float
    unit: str
    quality: float | None
    device: str
    source: VitalSource
    measured_at: datetime = Field(description="By the platform's clock")
    device_time: datetime = Field(description="By the device's clock, as it was sent")
    clock_skew_s: float | None = Field(
        description="The platform's clock less the device's; null where the device did not say when it sent"
    )
    created_at: datetime


class VitalPage(Page[Vital]):
    """Some of the values."""
