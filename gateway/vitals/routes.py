"""Vital signs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import PathId
from gateway.vitals import service
from gateway.vitals.forms import FORMS, TheSentVitals, arrival
from gateway.vitals.schemas import Vital, VitalPage, VitalsStored
from shared.contracts.vitals import VitalKind

router = APIRouter(prefix=API, tags=["vitals"])

Kind = Annotated[VitalKind | None, Query(description="LOINC code")]


@router.post(
    "/vitals",
    status_code=202,
    response_model=VitalsStored,
    responses=problems(404, 409, 415, body=True),
    openapi_extra=FORMS,
    dependencies=[Depends(arrival)],
)
def store_vitals(call: CliniciansCall, sent: TheSentVitals) -> Response:
    """Send what a device measured of one patient, as JSON, CSV or FHIR; what it sent before is dropped.

    All of it is stored or, with the first error, nothing; the patient's risk is computed anew from it.
    """
    answer = call.once(
        lambda session: service.store(session, sent, call.platform.settings, call.user.actor),
        content=sent.batch.model_dump_json(),
        status=202,
    )
    call.platform.wake_relay()
    return answer


@router.get("/patients/{id}/vitals", responses=problems(404))
def list_vitals(
    patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging, kind: Kind = None
) -> VitalPage:
    """A patient's vital signs, the latest measured first."""
    rows, cursor = platform.database.write(
        lambda session: service.of_patient(session, patient_id, kind, paging, user.actor)
    )
    return VitalPage(items=[Vital.model_validate(row) for row in rows], next_cursor=cursor)
