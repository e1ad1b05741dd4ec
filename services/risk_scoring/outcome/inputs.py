"""What the outcome is predicted from."""

from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.risk_scoring.inputs import AdmissionInputs, Hours, VolumeMl


class FollowUp(BaseModel):
    """A later CT of the patient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours_from_onset: Hours
    haematoma_ml: VolumeMl
    oedema_ml: VolumeMl


class OutcomeInputs(AdmissionInputs):
    """The state at admission, and the follow-up CTs so far by time; none for a prediction at admission."""

    follow_ups: tuple[FollowUp, ...] = Field(())

    @model_validator(mode="after")
    def _in_the_order_of_time(self) -> Self:
        hours = [exam.hours_from_onset for exam in self.follow_ups]
        if self.onset_to_first_exam_h is not None:
            hours.insert(0, self.onset_to_first_exam_h)
        if any(later <= earlier for earlier, later in pairwise(hours)):
            raise ValueError("follow_ups: each must be later than the CT before it")
        return self
