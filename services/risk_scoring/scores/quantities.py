"""Input fields that several scores share: one name, one unit and one possible range for each."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# The whole of an adult's skull holds about 1.5 L.
VolumeMl = Annotated[
    float, Field(ge=0, le=1500, description="Volume of the haematoma", json_schema_extra={"unit": "mL"})
]
AgeYears = Annotated[float, Field(ge=0, le=130, description="Age", json_schema_extra={"unit": "a"})]
GlasgowComaScale = Annotated[int, Field(ge=3, le=15, description="Glasgow Coma Scale, sum of its three parts")]
Nihss = Annotated[int, Field(ge=0, le=42, description="National Institutes of Health Stroke Scale")]
# A year: an onset further back is a wrong date.
HoursToCt = Annotated[
    float, Field(ge=0, le=8760, description="From onset to the first CT", json_schema_extra={"unit": "h"})
]
# An onset that nobody knows, as one score foresees it, is a missing one for the scores that count its hours.
KnownHoursToCt = Annotated[HoursToCt | None, BeforeValidator(lambda hours: None if hours == "unknown" else hours)]
Location = Literal["lobar", "deep", "infratentorial"]

# No living patient's blood lies outside, and a value in the other unit does: 10 mg/dL are 0.56 mmol/L.
_GLUCOSE_RANGE = {"mg/dL": (10.0, 2000.0), "mmol/L": (0.5, 111.0)}


class Glucose(BaseModel):
    """Blood glucose in the unit in which it was measured.

    Not converted: the source gives its threshold in both units, rounded, so that 7.38 mmol/L are 132.96 mg/dL.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    value: float
    unit: Literal["mg/dL", "mmol/L"]

    @model_validator(mode="after")
    def _plausible(self) -> "Glucose":
        lowest, highest = _GLUCOSE_RANGE[self.unit]
        if not lowest <= self.value <= highest:
            raise ValueError(f"blood glucose lies from {lowest:g} to {highest:g} {self.unit}; is the unit right?")
        return self

    def __str__(self) -> str:
        """The value with its unit."""
        return f"{self.value:g} {self.unit}"
