"""What a patient of the cohort gives the models."""

from services.risk_scoring.cohort.patients import CohortPatient
from services.risk_scoring.outcome.inputs import FollowUp, OutcomeInputs


def admission_inputs(patient: CohortPatient) -> OutcomeInputs:
    """The state at admission alone."""
    return OutcomeInputs(**dict(patient.admission))


def follow_up_inputs(patient: CohortPatient) -> OutcomeInputs:
    """The state at admission and every later CT."""
    later = [
        FollowUp(hours_from_onset=exam.hours_from_onset, haematoma_ml=exam.haematoma_ml, oedema_ml=exam.oedema_ml)
        for exam in patient.follow_ups
    ]
    return OutcomeInputs(**dict(patient.admission), follow_ups=tuple(later))
