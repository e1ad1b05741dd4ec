"""What is known of a patient at admission: names, units and bounds of every input."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.risk_scoring.errors import FieldProblem, RiskInputError
from shared.contracts.ct import Radiomics

# Beyond anything survivable or measurable rather than beyond the normal: such a value is a slip of the keyboard.
Systolic = Annotated[float, Field(ge=40, le=350, description="mmHg")]
Diastolic = Annotated[float, Field(ge=20, le=250, description="mmHg")]
VolumeMl = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, description="mL")]
Hours = Annotated[float, Field(gt=0, le=24 * 365 * 2, allow_inf_nan=False, description="h after onset")]


class AdmissionInputs(BaseModel):
    """One patient at the first CT. None is "not known"; what that leads to, each model documents per feature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    age_years: float | None = Field(None, ge=18, le=120, description="years; the models know adults only")
    sex: Literal["male", "female"] | None = None
    onset_to_first_exam_h: Hours | None = None
    systolic_mmhg: Systolic | None = None
    diastolic_mmhg: Diastolic | None = None
    premorbid_mrs: int | None = Field(None, ge=0, le=5, description="modified Rankin Scale before the stroke")
    hypertension: bool | None = None
    prior_stroke: bool | None = None
    diabetes: bool | None = None
    atrial_fibrillation: bool | None = None
    coronary_heart_disease: bool | None = None
    smoking: bool | None = None
    alcohol: bool | None = None
    haematoma_ml: VolumeMl | None = None
    oedema_ml: VolumeMl | None = None
    haematoma_radiomics: Radiomics | None = Field(None, description="as the CT service reports them")

    @model_validator(mode="after")
    def _pressures_in_order(self) -> Self:
        low, high = self.diastolic_mmhg, self.systolic_mmhg
        if low is not None and high is not None and low >= high:
            raise ValueError(f"diastolic_mmhg: {low:g} mmHg is not below the systolic {high:g} mmHg")
        return self


Inputs = TypeVar("Inputs", bound=BaseModel)


def read_inputs(kind: type[Inputs], values: Mapping[str, Any]) -> Inputs:
    """``values`` by field name as ``kind``.

    Raises RiskInputError, which names every field that is wrong and how.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise RiskInputError([_problem(entry) for entry in error.errors()]) from error


def _problem(entry: Any) -> FieldProblem:
    """A pydantic error as ours; one that concerns two fields carries its field's name in its own text."""
    field = ".".join(map(str, entry["loc"]))
    message = entry["msg"].removeprefix("Value error, ")
    if not field and ": " in message:
        field, message = message.split(": ", 1)
    return FieldProblem(field or "inputs", message)
