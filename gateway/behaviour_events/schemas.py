"""Behaviour events as requests and answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from gateway.jobs.schemas import Job
from gateway.paging import Page
from gateway.text import Identifier
from gateway.times import PastInstant

BehaviourKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_MOST = 1000


class BehaviourEventIn(BaseModel):
    """Something that the patient was seen to do. One that goes on is sent again with its later end."""

    model_config = ConfigDict(extra="forbid")

    kind: BehaviourKind = Field(
        description="What was seen, such as falling or headache; watched: that a camera saw the patient and the "
        "recogniser looked, so that no event in it means that nothing happened"
    )
    confidence: float = Field(ge=0, le=1, description="Of whoever or whatever saw it")
    started_at: PastInstant
    ended_at: PastInstant
    patient_id: UUID | None = Field(None, description="Where the sender knows it per event; must be the batch's")

    @field_validator("ended_at")
    @classmethod
    def _after_its_start(cls, ended_at: datetime, info: ValidationInfo) -> datetime:
        if ended_at < info.data.get("started_at", ended_at):
            raise ValueError("lies before the start")
        return ended_at


class BehaviourEventsIn(BaseModel):
    """What one source saw of one patient."""

    model_config = ConfigDict(extra="forbid")

    patient_id: UUID
    source: Identifier = Field(description="Camera, sensor or person")
    events: Annotated[list[BehaviourEventIn], Field(min_length=1, max_length=_MOST)]

    def strangers(self) -> list[tuple[str, str]]:
        """The events that are of another patient: fields with what is wrong."""
        return [
            (f"events.{number}.patient_id", "is another patient than the batch's; send one batch for each")
            for number, event in enumerate(self.events)
            if event.patient_id not in (None, self.patient_id)
        ]


class BehaviourEventsStored(BaseModel):
    """How many events were new or went on, how many were known, and the assessment that will use them."""

    stored: int
    duplicates: int
    assessment: Job | None = Field(description="null where nothing was new")


class BehaviourEvent(BaseModel):
    """Something that a patient was seen to do."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    confidence: float
    source: str
    started_at: datetime
    ended_at: datetime
    created_at: datetime


class BehaviourEventPage(Page[BehaviourEvent]):
    """Some of the events."""
