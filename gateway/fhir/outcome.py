"""What FHIR clients are answered with: resources under FHIR's media type, errors as OperationOutcome."""

from typing import Any, Final

from fastapi.responses import JSONResponse

from gateway.fhir.elements import Json

MEDIA_TYPE: Final = "application/fhir+json"
# OpenAPI content of any FHIR answer: FHIR's own schema of a resource is a thousand times this document.
CONTENT: Final[dict[str, Any]] = {
    MEDIA_TYPE: {
        "schema": {
            "type": "object",
            "required": ["resourceType"],
            "properties": {"resourceType": {"type": "string"}},
            "additionalProperties": True,
        }
    }
}

# Issue types (FHIR R4, value set issue-type) by HTTP status.
_ISSUE_TYPES: Final = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}


class FhirResponse(JSONResponse):
    """A resource as an answer."""

    media_type = MEDIA_TYPE


def operation_outcome(status: int, code: str, detail: str, correlation: str) -> Json:
    """OperationOutcome of a request that failed; ``correlation`` finds it in the logs."""
    issue = {
        "severity": "error",
        "code": _ISSUE_TYPES.get(status, "exception"),
        "details": {"text": code},
        "diagnostics": f"{detail} (correlation id {correlation})",
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}
