"""The heart rate of a patient, from all that measures it."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.heart_rates import fused
from gateway.heart_rates.fused_schemas import PatientHeartRate
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["heart rates"])

# Three days of two devices that measure every second are half a million rows: 3 s (measured: 1.0 s for one day).
Hours = Annotated[float, Query(gt=0, le=72, description="How far back")]


@router.get("/patients/{id}/heart-rate", responses=problems(404))
def get_patient_heart_rate(
    patient_id: PathId, user: Anyone, platform: ThePlatform, hours: Hours = 24
) -> PatientHeartRate:
    """A patient's heart rate, minute by minute, fused from monitors, wearables, people and videos of the face."""
    return fused.of_patient(platform.database, patient_id, hours, user.actor)
