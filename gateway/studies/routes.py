"""Imaging studies."""

from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.studies import service
from gateway.studies.schemas import Study, StudyAccepted, StudyPage
from gateway.studies.upload import KIND, accept, form
from gateway.text import PathId
from gateway.uploads.admission import refuse_early
from gateway.uploads.form import described_form
from gateway.uploads.receiving import received
from shared.contracts.names import Priority

router = APIRouter(prefix=API, tags=["studies"])

_FORM: Final = described_form(
    {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "format": "binary"},
        "description": "DICOM files, one zip of them, or one NIfTI file",
    }
)


@router.get("/studies", responses=problems())
def list_studies(user: Anyone, platform: ThePlatform, paging: ThePaging) -> StudyPage:
    """Studies of all patients, newest first."""
    items, cursor = platform.database.write(lambda session: service.list_studies(session, None, paging, user.actor))
    return StudyPage(items=items, next_cursor=cursor)


@router.get("/patients/{id}/studies", responses=problems(404))
def list_patient_studies(patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging) -> StudyPage:
    """Studies of one patient, newest first."""
    items, cursor = platform.database.write(
        lambda session: service.list_studies(session, patient_id, paging, user.actor)
    )
    return StudyPage(items=items, next_cursor=cursor)


@router.get("/studies/{id}", responses=problems(404))
def get_study(study_id: PathId, user: Anyone, platform: ThePlatform) -> Study:
    """One study with its latest job and finding; reading it is audited."""
    return platform.database.write(lambda session: service.read(session, study_id, user.actor))


@router.post(
    "/patients/{id}/studies",
    status_code=202,
    response_model=StudyAccepted,
    responses=problems(404, 409, 415, 429, body=True),
    openapi_extra=_FORM,
)
async def upload_study(
    patient_id: PathId,
    request: Request,
    call: CliniciansCall,
    priority: Annotated[Priority, Query(description="stat: acute, analysed first")] = Priority.ROUTINE,
) -> Response:
    """Send a head CT to be analysed; the answer names the job that does it.

    The upload is stored whole or not at all.
    """
    await to_thread.run_sync(refuse_early, call, patient_id, KIND, priority)
    async with received(request, call.platform.artifacts, form(call.platform.settings)) as files:
        return await to_thread.run_sync(accept, call, patient_id, priority, files)
