"""What the FHIR interface can do, as a CapabilityStatement."""

from typing import Final

from gateway.fhir.elements import Json
from gateway.fhir.outcome import MEDIA_TYPE

# When the interface last changed.
_DATE: Final = "2026-11-23"
_READABLE: Final = ("Device", "DiagnosticReport", "ImagingStudy", "Observation", "Patient", "RiskAssessment")
_BY_PATIENT: Final = [
    {"name": "subject", "type": "reference", "documentation": "Patient/ and the id"},
    {"name": "patient", "type": "reference", "documentation": "The same"},
]
_SEARCHABLE: Final = {"DiagnosticReport": _BY_PATIENT, "RiskAssessment": _BY_PATIENT}


def capability_statement(base: str, version: str) -> Json:
    """CapabilityStatement of the interface at the address ``base``, served by ``version`` of the platform."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "DeepHemorrhageNet", "version": version},
        "implementation": {
            "description": "Findings in head CTs, risks, heart rates; research use, not a medical device",
            "url": base,
        },
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Bearer token or cookie of a session of the platform; reads are audited"},
                "resource": [_resource(resource_type) for resource_type in _READABLE],
            }
        ],
    }


def _resource(resource_type: str) -> Json:
    search = _SEARCHABLE.get(resource_type)
    described: Json = {"type": resource_type, "interaction": [{"code": "read"}]}
    if search is not None:
        described["interaction"].append({"code": "search-type"})
        described["searchParam"] = search
    return described
