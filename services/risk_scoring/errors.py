"""Why risk scoring refuses an input, a cohort or a model: one class per stable code."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import InputRefusedError, PlatformError


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of an input; ``field`` is its name, with dots into nested parts."""

    field: str
    problem: str


class RiskInputError(InputRefusedError):
    """Values of one patient that cannot be true, or that the model cannot do without; ``fields`` names each."""

    code = "risk_input_invalid"

    def __init__(self, fields: Sequence[FieldProblem]) -> None:
        listed = "; ".join(f"{field.field}: {field.problem}" for field in fields)
        super().__init__(f"The patient's values cannot be scored: {listed}; correct these fields.")
        self.fields = tuple(fields)


class CohortError(PlatformError):
    """A folder that is not a usable cohort."""

    code = "cohort_invalid"


class CohortFileMissingError(CohortError):
    """A table of the cohort is not in its folder, or cannot be opened."""

    code = "cohort_file_missing"


class CohortColumnMissingError(CohortError):
    """A table lacks a column."""

    code = "cohort_column_missing"


class CohortValueError(CohortError):
    """A cell is no number, no known word, or impossible."""

    code = "cohort_value_invalid"


class CohortMismatchError(CohortError):
    """The tables contradict one another: an exam of an unknown patient, a patient or an exam listed twice."""

    code = "cohort_mismatch"


class CohortTooSmallError(CohortError):
    """Too few labelled patients, or too few of either outcome, to learn or to measure anything."""

    code = "cohort_too_small"
