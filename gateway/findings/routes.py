"""Results of finished work, with their files."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from gateway.address import API
from gateway.auth.access import Anyone, SignedIn
from gateway.findings import service
from gateway.findings.schemas import FILES, Finding, FindingPage, ServedFile
from gateway.paging import ThePaging
from gateway.platform import Platform, ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["findings"])

IfNoneMatch = Annotated[str | None, Header(description="ETag of the copy at hand")]


@router.get("/studies/{id}/findings", responses=problems(404))
def list_study_findings(study_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging) -> FindingPage:
    """All findings of a study, newest first: trying a job again adds one."""
    rows, cursor = platform.database.write(lambda session: service.of_study(session, study_id, paging, user.actor))
    return FindingPage(items=[Finding.of(row) for row in rows], next_cursor=cursor)


@router.get("/findings/{id}", responses=problems(404))
def get_finding(finding_id: PathId, user: Anyone, platform: ThePlatform) -> Finding:
    """One finding; reading it is audited."""
    return platform.database.write(lambda session: Finding.of(service.read(session, finding_id, user.actor)))


def _serve(role: str, file: ServedFile) -> None:
    """Offer the finding's file of this role under its own address."""

    def get_file(
        finding_id: PathId, user: Anyone, platform: ThePlatform, if_none_match: IfNoneMatch = None
    ) -> Response:
        return _file(platform, user, finding_id, role, file.media_type, if_none_match)

    content: dict[str, Any] = {file.media_type: {"schema": {"type": "string", "format": "binary"}}}
    router.add_api_route(
        f"/findings/{{id}}/{file.name}",
        get_file,
        name=f"get_finding_{role}",
        description=file.what,
        response_class=Response,
        responses={
            **problems(404),
            200: {"content": content},
            304: {"description": "The copy at hand is still right"},
        },
    )


for _role, _served in FILES.items():
    _serve(_role, _served)


def _file(
    platform: Platform, user: SignedIn, finding_id: UUID, role: str, media_type: str, if_none_match: str | None
) -> Response:
    ref = platform.database.write(lambda session: service.image(session, finding_id, role, user.actor))
    etag = f'"{ref.digest}"'
    # The content of an address never changes; "private" keeps it out of caches that others share.
    headers = {"ETag": etag, "Cache-Control": "private, max-age=31536000, immutable"}
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(ref.size)
    return StreamingResponse(platform.artifacts.chunks(ref.digest), headers=headers, media_type=media_type)


def _names(if_none_match: str, etag: str) -> bool:
    given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in given or "*" in given
