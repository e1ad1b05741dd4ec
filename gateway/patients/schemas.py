"""Patients as requests and answers."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gateway.paging import Page
from gateway.text import Identifier, Name
from gateway.times import PastDay, PastInstant
from shared.contracts.states import Sex

FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Fact = (
    bool
    | Annotated[int, Field(ge=-(2**31), lt=2**31)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | Annotated[str, Field(max_length=500)]
)
History = Annotated[
    dict[FactName, Fact],
    Field(max_length=64, description="Facts by name, such as hypertension: true, anticoagulant: warfarin"),
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PatientIn(_In):
    """A person to take into care."""

    medical_record_number: Identifier
    family_name: Name
    given_name: Name
    birth_date: PastDay | None = None
    sex: Sex = Sex.UNKNOWN
    onset_at: PastInstant | None = Field(None, description="When symptoms began or the patient was last seen well")
    history: History = Field(default_factory=dict)


class PatientPatch(_In):
    """What to change; a field left out stays as it is."""

    medical_record_number: Identifier | None = None
    family_name: Name | None = None
    given_name: Name | None = None
    birth_date: PastDay | None = None
    sex: Sex | None = None
    onset_at: PastInstant | None = None
    history: History | None = None

    @model_validator(mode="after")
    def _only_dates_may_be_unknown(self) -> "PatientPatch":
        for field in self.model_fields_set - {"birth_date", "onset_at"}:
            if getattr(self, field) is None:
                raise ValueError(f"{field} may be left out but not be null")
        return self


class Patient(BaseModel):
    """One person in care."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    medical_record_number: str
    family_name: str
    given_name: str
    birth_date: date | None
    sex: Sex
    onset_at: datetime | None
    history: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class PatientPage(Page[Patient]):
    """Some of the patients."""
