"""FHIR's data types as plain JSON, from codes, quantities and instants."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.exchange.codes import Code
from gateway.exchange.statements import Quantity

Json = dict[str, Any]

# Systems of identifiers that are themselves URIs, and of DICOM UIDs (FHIR R4, imagingstudy.html#notes).
_URI: Final = "urn:ietf:rfc:3986"
_DICOM_UID: Final = "urn:dicom:uid"


def element(**members: Any) -> Json:
    """A JSON object of those ``members`` that say something: FHIR forbids null and empty arrays."""
    return {name: value for name, value in members.items() if value not in (None, [], {}, "")}


def coding(code: Code) -> Json:
    """Coding."""
    return {"system": code.system.uri, "code": code.value, "display": code.display}


def concept(*codes: Code | None, text: str | None = None) -> Json:
    """CodeableConcept of the codes that there are; its text is the first one's unless given."""
    known = [code for code in codes if code is not None]
    return element(coding=[coding(code) for code in known], text=text or known[0].display)


def quantity(of: Quantity) -> Json:
    """Quantity."""
    return {"value": of.value, "unit": of.unit.value, "system": of.unit.system.uri, "code": of.unit.value}


def instant(at: datetime) -> str:
    """Instant, with milliseconds and zone."""
    return at.isoformat(timespec="milliseconds")


def reference(resource_type: str, resource_id: UUID | str) -> Json:
    """Reference to another resource of ours, relative to the FHIR base address."""
    return {"reference": f"{resource_type}/{resource_id}"}


def row_identifier(row_id: UUID) -> Json:
    """Identifier under which the platform itself keeps the thing."""
    return {"system": _URI, "value": f"urn:uuid:{row_id}"}


def uid_identifier(uid: str) -> Json:
    """Identifier that is a DICOM UID."""
    return {"system": _DICOM_UID, "value": f"urn:oid:{uid}"}
