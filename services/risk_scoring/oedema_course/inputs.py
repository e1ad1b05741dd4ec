"""What a course is predicted from: the patient at the first CT, and the exams made so far."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.risk_scoring.inputs import AdmissionInputs, VolumeMl
from services.risk_scoring.oedema_course.mixed_model import KNOTS_H

Share = Annotated[float, Field(ge=0, le=1)]
# The courses known to the model end here.
CourseHours = Annotated[float, Field(gt=0, le=KNOTS_H[-1], allow_inf_nan=False, description="h after onset")]

# Rounding of shares that were written with few digits.
_SHARES_SLACK = 0.01


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KnownExam(_Input):
    """One CT: when, and how much oedema it showed."""

    hours_from_onset: CourseHours
    oedema_ml: VolumeMl


class CourseCovariates(_Input):
    """The first CT's haematoma and the patient's age; what is None leads to the model that does without it.

    Shape as the CT service's radiomics have it. A share is the part of the haematoma in a vascular territory, both
    sides together; the rest lies in that of the middle cerebral artery.
    """

    haematoma_ml: float = Field(gt=0, le=1000, description="mL, on the first CT")
    age_years: float = Field(ge=18, le=120)
    sphericity: float | None = Field(None, gt=0, le=1)
    elongation: float | None = Field(None, ge=0, le=1)
    flatness: float | None = Field(None, ge=0, le=1)
    anterior_share: Share | None = None
    posterior_share: Share | None = None
    pons_medulla_share: Share | None = None
    cerebellum_share: Share | None = None

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> Self:
        shares = (self.anterior_share, self.posterior_share, self.pons_medulla_share, self.cerebellum_share)
        if (total := sum(share or 0.0 for share in shares)) > 1 + _SHARES_SLACK:
            raise ValueError(f"anterior_share: the shares of the territories add up to {total:g}, above 1")
        return self


class CourseRequest(_Input):
    """Everything that one prediction needs; ``exams`` by time."""

    # Lists: of a tuple with one wrong item pydantic also says that it is empty.
    exams: list[KnownExam] = Field(min_length=1)
    covariates: CourseCovariates
    hours: list[CourseHours] = Field(min_length=1, max_length=1000, description="to predict at")

    @model_validator(mode="after")
    def _exams_in_order(self) -> Self:
        hours = [exam.hours_from_onset for exam in self.exams]
        if any(later <= earlier for earlier, later in pairwise(hours)):
            raise ValueError("exams: each must be later than the one before; sort them, and keep one per hour")
        return self


def covariates_of(admission: AdmissionInputs, territories: Mapping[str, float] | None) -> dict[str, float | None]:
    """The fields of CourseCovariates that are known; ``territories`` by name and side ("aca_r"), None if unknown."""
    shape = admission.haematoma_radiomics.shape if admission.haematoma_radiomics else {}

    def share(place: str) -> float | None:
        return territories[f"{place}_r"] + territories[f"{place}_l"] if territories else None

    return {
        "haematoma_ml": admission.haematoma_ml,
        "age_years": admission.age_years,
        "sphericity": shape.get("Sphericity"),
        "elongation": shape.get("Elongation"),
        "flatness": shape.get("Flatness"),
        "anterior_share": share("aca"),
        "posterior_share": share("pca"),
        "pons_medulla_share": share("pons_medulla"),
        "cerebellum_share": share("cerebellum"),
    }
