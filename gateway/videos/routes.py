"""Videos of patients."""

from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.idempotency import CliniciansCall
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.text import Identifier, PathId
from gateway.times import PastInstant
from gateway.uploads.admission import refuse_early
from gateway.uploads.form import described_form
from gateway.uploads.receiving import received
from gateway.videos import service
from gateway.videos.schemas import Video, VideoAccepted, VideoPage
from gateway.videos.upload import KIND, PRIORITY, Recording, accept, form

router = APIRouter(prefix=API, tags=["videos"])

RecordedAt = Annotated[PastInstant | None, Query(description="When its first frame was seen; default: at its arrival")]
Source = Annotated[Identifier, Query(description="What recorded it, such as a camera's name")]
_FORM: Final = described_form(
    {
        "type": "string",
        "format": "binary",
        "description": "One video: MP4, MOV, Matroska, WebM, AVI or MPEG transport stream",
    }
)


@router.get("/patients/{id}/videos", responses=problems(404))
def list_patient_videos(patient_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging) -> VideoPage:
    """Videos of one patient, newest first; their heart rates without the pulse wave and its spectrum."""
    items, cursor = platform.database.write(lambda session: service.of_patient(session, patient_id, paging, user.actor))
    return VideoPage(items=items, next_cursor=cursor)


@router.get("/videos/{id}", responses=problems(404))
def get_video(video_id: PathId, user: Anyone, platform: ThePlatform) -> Video:
    """One video with its latest job and heart rate; reading it is audited."""
    return platform.database.write(lambda session: service.read(session, video_id, user.actor))


@router.post(
    "/patients/{id}/videos",
    status_code=202,
    response_model=VideoAccepted,
    responses=problems(404, 409, 415, 429, body=True),
    openapi_extra=_FORM,
)
async def upload_video(
    patient_id: PathId,
    request: Request,
    call: CliniciansCall,
    recorded_at: RecordedAt = None,
    source: Source = "upload",
) -> Response:
    """Send a video of a face to have its heart rate read; the answer names the job that does it.

    The upload is stored whole or not at all.
    """
    await to_thread.run_sync(refuse_early, call, patient_id, KIND, PRIORITY)
    async with received(request, call.platform.artifacts, form(call.platform.settings)) as files:
        return await to_thread.run_sync(accept, call, Recording(patient_id, source, recorded_at), files[0])
