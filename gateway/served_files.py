"""Files that belong to a result, each under its own address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from gateway.auth.access import Anyone
from gateway.platform import Platform, ThePlatform
from gateway.problems import problems
from gateway.text import PathId
from shared.artifacts.store import ArtifactRef

IfNoneMatch = Annotated[str | None, Header(description="ETag of the copy at hand")]
# Finds the file of a result by the result's id, the file's role and who asks. Raises NotFoundError.
Find = Callable[[Session, UUID, str, str], ArtifactRef]


@dataclass(frozen=True)
class ServedFile:
    """A file of a result: the last part of its address, its media type, and what it is."""

    name: str
    media_type: str
    what: str


def serve_files(router: APIRouter, resource: str, files: Mapping[str, ServedFile], find: Find) -> None:
    """Offer each of the ``files``, by role, under the addresses of a ``resource`` such as "finding"."""
    for role, file in files.items():
        _serve(router, resource, role, file, find)


def _serve(router: APIRouter, resource: str, role: str, file: ServedFile, find: Find) -> None:
    def get_file(row_id: PathId, user: Anyone, platform: ThePlatform, if_none_match: IfNoneMatch = None) -> Response:
        ref = platform.database.write(lambda session: find(session, row_id, role, user.actor))
        return _answer(platform, ref, file.media_type, if_none_match)

    content: dict[str, Any] = {file.media_type: {"schema": {"type": "string", "format": "binary"}}}
    router.add_api_route(
        f"/{resource.replace('_', '-')}s/{{id}}/{file.name}",
        get_file,
        name=f"get_{resource}_{role}",
        description=file.what,
        response_class=Response,
        responses={
            **problems(404),
            200: {"content": content},
            304: {"description": "The copy at hand is still right"},
        },
    )


def _answer(platform: Platform, ref: ArtifactRef, media_type: str, if_none_match: str | None) -> Response:
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
