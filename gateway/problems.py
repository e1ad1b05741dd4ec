"""Every error as application/problem+json (RFC 9457), in answers and in the OpenAPI document."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from gateway.address import FHIR
from gateway.errors import DatabaseAwayError, FieldsRefusedError, TryLaterError
from gateway.fhir.outcome import FhirResponse, operation_outcome
from shared.errors import PlatformError
from shared.observability.correlation import correlation_id

MEDIA_TYPE: Final = "application/problem+json"
# Pause asked for where something is away and nobody knows for how long.
_RETRY_AFTER_S: Final = 5.0
# Any request may meet these: not signed in, not allowed, wrong parameters, a fault of ours, a part that is away.
_ALWAYS: Final = (401, 403, 422, 500, 503)
_BODY: Final = (400, 413)
_CONTENT: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class FieldError(BaseModel):
    """One invalid field of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong. ``code`` is stable and for programs; ``detail`` is one sentence for a person."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str = Field(description="Path of the request")
    correlation_id: str = Field(description="Finds the request in the logs")
    errors: list[FieldError] | None = Field(None, description="Which fields are invalid, with code validation_failed")


class ProblemResponse(JSONResponse):
    """A problem as an answer."""

    media_type = MEDIA_TYPE


def problems(
    *statuses: int, body: bool = False, content: Mapping[str, Any] = _CONTENT
) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI ``responses`` of a route: what every route may answer, and ``statuses``."""
    described = sorted({*_ALWAYS, *(_BODY if body else ()), *statuses})
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in described}


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that describes an error of ``request``, to FHIR clients in their own words."""
    if request.url.path.startswith(f"{FHIR}/"):
        return FhirResponse(operation_outcome(status, code, detail, correlation_id()), status, dict(headers or {}))
    content = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=request.url.path,
        correlation_id=correlation_id(),
        errors=list(errors) if errors else None,
    )
    return ProblemResponse(content.model_dump(exclude_none=True), status, dict(headers or {}))


def install(app: FastAPI) -> None:
    """Answer every foreseen kind of exception with a problem."""
    app.exception_handler(PlatformError)(_platform_error)
    app.exception_handler(HTTPException)(_http_exception)
    app.exception_handler(RequestValidationError)(_validation_error)
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.exception_handler(away)(_database_away)


def unexpected(request: Request) -> JSONResponse:
    """The answer to an exception that nobody foresaw; what happened stays in the log."""
    detail = "The server met an unexpected error; tell the operators the correlation id."
    return problem(request, 500, PlatformError.code, detail)


async def _platform_error(request: Request, error: PlatformError) -> JSONResponse:
    headers = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retryable:
        pause_s = error.retry_after_s if isinstance(error, TryLaterError) else _RETRY_AFTER_S
        headers["Retry-After"] = str(max(1, math.ceil(pause_s)))
    fields = error.fields if isinstance(error, FieldsRefusedError) else ()
    errors = [FieldError(field=field, message=message) for field, message in fields]
    return problem(request, error.status, error.code, error.detail, errors=errors, headers=headers)


async def _database_away(request: Request, _error: Exception) -> JSONResponse:
    return await _platform_error(request, DatabaseAwayError())


_CODES: Final = {
    400: ("bad_request", "The body cannot be read; send well-formed JSON in UTF-8."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method; the Allow header names those it takes."),
    413: ("body_too_large", "The body is larger than this address takes."),
}


async def _http_exception(request: Request, error: HTTPException) -> JSONResponse:
    code, detail = _CODES.get(error.status_code, (f"http_{error.status_code}", str(error.detail)))
    return problem(request, error.status_code, code, detail, headers=error.headers)


async def _validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [_field_error(found) for found in error.errors()]
    detail = "The request was not accepted: " + "; ".join(f"{e.field}: {e.message}" for e in errors[:5])
    return problem(request, 422, "validation_failed", detail, errors=errors)


def _field_error(found: Mapping[str, Any]) -> FieldError:
    """Names the field and the rule; never repeats the value, which may be a patient's."""
    source, *path = found["loc"]
    inside = [str(step) for step in path if found["type"] != "json_invalid"]
    return FieldError(field=".".join(inside) or str(source), message=found["msg"].removeprefix("Value error, "))
