"""What is known of the oedema's course in a cohort: sums and curves over patients, nothing of any one of them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FigureWithInterval(_Part):
    """A figure with its 95 % interval over patients."""

    value: float
    low: float
    high: float


class CohortCurves(_Part):
    """Polynomials of time by least squares over all exams: the same volume for every patient."""

    hours: list[float]
    cubic_ml: list[float]
    quartic_ml: list[float]


class CourseSubgroup(_Part):
    """Patients whose oedema goes a similar way: how many, and the centre of their courses."""

    patients: int
    hours: list[float]
    volume_ml: list[float]


class ExamTimes(_Part):
    """Exams by the hours from onset: ``counts[i]`` of them lie between ``edges_h[i]`` and ``edges_h[i + 1]``."""

    edges_h: list[float]
    counts: list[int]
    if_normal: list[float] = Field(description="Counts of a normal distribution of the same mean and deviation")


class ExamTimesBox(_Part):
    """The box plot of the hours: quartiles, Tukey's fences, and how many exams lie beyond them."""

    first_quartile: float
    median: float
    third_quartile: float
    lower_fence: float
    upper_fence: float
    outliers: int


class ThreeSigmaRule(_Part):
    """mean ± 3 deviations of the hours, and the tests of normality that the rule presupposes."""

    mean: float
    deviation: float
    lower: float
    upper: float
    outliers: int
    skewness: float
    excess_kurtosis: float
    shapiro_w: float
    shapiro_p: float
    dagostino_k2: float
    dagostino_p: float
    applies: bool = Field(description="False where a test refutes normality at 5 %")


class HeldOutError(_Part):
    """How far one method misses the exams of patients whom it did not learn from."""

    known: Literal["admission", "sequential"] = Field(
        description="The admission's exam alone, or every exam before the predicted one"
    )
    method: str
    mae_ml: FigureWithInterval


class TreatmentDifference(_Part):
    """mL of follow-up oedema, treated less untreated, other things known at admission being equal. Observational.

    null with fewer than 5 patients on a side.
    """

    treatment: str
    treated: int
    untreated: int
    adjusted_ml: FigureWithInterval | None
    mutually_adjusted_ml: FigureWithInterval | None = Field(description="Other treatments being equal, too")


class OedemaCurves(_Part):
    """The whole page's worth of one cohort."""

    source: str
    patients: int
    exams: int
    polynomials: CohortCurves
    subgroups: list[CourseSubgroup] = Field(description="By rising volume on day 7")
    exam_times: ExamTimes
    box_plot_h: ExamTimesBox
    three_sigma_h: ThreeSigmaRule
    held_out: list[HeldOutError]
    treatments: list[TreatmentDifference]
    notes: list[str]
