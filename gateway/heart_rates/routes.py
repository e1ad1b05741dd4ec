"""Heart rates read from videos."""

from fastapi import APIRouter

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.heart_rates import service
from gateway.heart_rates.schemas import FILES, HeartRateReading, HeartRateReadingPage
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.served_files import serve_files
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["heart rates"])


@router.get("/patients/{id}/heart-rate-readings", responses=problems(404))
def list_heart_rate_readings(
    patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging
) -> HeartRateReadingPage:
    """A patient's heart rates from videos, newest first; each without the pulse wave and its spectrum."""
    rows, cursor = platform.database.write(lambda session: service.of_patient(session, patient_id, paging, user.actor))
    return HeartRateReadingPage(items=[HeartRateReading.of(row).in_brief() for row in rows], next_cursor=cursor)


@router.get("/heart-rate-readings/{id}", responses=problems(404))
def get_heart_rate_reading(reading_id: PathId, user: Anyone, platform: ThePlatform) -> HeartRateReading:
    """One heart rate with all that it was read from; reading it is audited."""
    return platform.database.write(lambda session: HeartRateReading.of(service.read(session, reading_id, user.actor)))


serve_files(router, "heart_rate_reading", FILES, service.plot)
