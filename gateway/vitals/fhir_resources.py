"""What is read of FHIR R4 resources (hl7.org/fhir/R4/observation.html); all else of them is passed over."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel

from gateway.times import DeviceInstant
from gateway.vitals.schemas import MOST_VITALS


class _Element(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, allow_inf_nan=False)


class FhirCoding(_Element):
    """One code of a system."""

    system: str | None = None
    code: str | None = None


class FhirConcept(_Element):
    """CodeableConcept: the same in several systems."""

    coding: list[FhirCoding] = Field(default_factory=list)

    def codes(self, system: str) -> set[str]:
        """Its codes of ``system``."""
        return {coding.code for coding in self.coding if coding.system == system and coding.code is not None}


class FhirQuantity(_Element):
    """A value with its unit."""

    value: float | None = None
    comparator: str | None = None
    system: str | None = None
    code: str | None = None


class FhirIdentifier(_Element):
    """A name in some system."""

    value: str | None = None


class FhirReference(_Element):
    """Another resource, by its address, its identifier or what people call it."""

    reference: str | None = None
    identifier: FhirIdentifier | None = None
    display: str | None = None

    @property
    def name(self) -> str | None:
        """What tells it from others: its identifier before what people call it."""
        return (self.identifier and self.identifier.value) or self.display or self.reference


class FhirMeasured(_Element):
    """A value or why there is none."""

    code: FhirConcept
    value_quantity: FhirQuantity | None = None
    data_absent_reason: FhirConcept | None = None


class FhirObservation(FhirMeasured):
    """One Observation."""

    resource_type: Literal["Observation"]
    status: str = Field(max_length=32)
    subject: FhirReference | None = None
    device: FhirReference | None = None
    effective_date_time: DeviceInstant | None = None
    effective_instant: DeviceInstant | None = None
    component: list[FhirMeasured] = Field(default_factory=list)
    modifier_extension: list[object] = Field(default_factory=list)

    @property
    def effective(self) -> datetime | None:
        """When it was measured, by the device's clock."""
        return self.effective_date_time or self.effective_instant


class FhirContext(_Element):
    """Who and what observations speak of; the platform has its own record of these."""

    resource_type: Literal["Patient", "Device"]


class FhirRequest(_Element):
    """What an entry of a batch asks for; none may ask for a deletion."""

    method: Literal["POST", "PUT"]


class FhirEntry(_Element):
    """One resource of a Bundle."""

    resource: Annotated[FhirObservation | FhirContext, Field(discriminator="resource_type")]
    request: FhirRequest | None = None


class FhirBundle(_Element):
    """A Bundle of Observations of one patient and one device."""

    resource_type: Literal["Bundle"]
    type: Literal["collection", "batch", "transaction"]
    entry: Annotated[list[FhirEntry], Field(min_length=1, max_length=2 * MOST_VITALS)]


class FhirVitals(RootModel[Annotated[FhirObservation | FhirBundle, Field(discriminator="resource_type")]]):
    """What may be sent."""
