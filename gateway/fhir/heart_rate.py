"""A heart rate read from a video as an Observation of FHIR's heart rate profile, or the reason for its absence.

The patient stays pseudonymous, as with findings.
"""

from collections.abc import Iterator
from typing import Final

from gateway.exchange.codes import HEART_RATE, LOCAL, PER_MINUTE, Code
from gateway.exchange.statements import RESEARCH_USE, Quantity
from gateway.fhir.elements import Json, coding, concept, element, instant, quantity, reference, row_identifier
from gateway.fhir.resources import ASSERTED_BY_AI, device_id
from shared.contracts.heart_rate import HeartRateReport
from shared.database.tables import HeartRateReading, Video

_PROFILE: Final = "http://hl7.org/fhir/StructureDefinition/heartrate"
_VITAL_SIGNS: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
    "code": "vital-signs",
    "display": "Vital Signs",
}
# The person has a heart rate, which the video did not tell.
_UNKNOWN: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "code": "unknown",
    "display": "Unknown",
}
_METHOD: Final = Code(LOCAL, "remote-photoplethysmography", "Remote photoplethysmography of the face")
_DECIMALS: Final = 1


def heart_rate_observation(row: HeartRateReading, video: Video) -> Json:
    """Observation of one reading of ``video``, under the reading's id."""
    report = HeartRateReport.model_validate(row.report)
    return element(
        resourceType="Observation",
        id=str(row.id),
        meta={"lastUpdated": instant(row.created_at), "profile": [_PROFILE], "security": [ASSERTED_BY_AI]},
        identifier=[row_identifier(row.id)],
        status="preliminary",
        category=[{"coding": [_VITAL_SIGNS]}],
        code=concept(HEART_RATE),
        subject=reference("Patient", row.patient_id),
        effectiveDateTime=instant(video.recorded_at),
        issued=instant(row.created_at),
        valueQuantity=None if report.bpm is None else quantity(Quantity(round(report.bpm, _DECIMALS), PER_MINUTE)),
        dataAbsentReason=_absence(report),
        note=[{"text": note} for note in _notes(report)],
        method=concept(_METHOD),
        device=reference("Device", device_id(row.model_name, row.model_version)),
    )


def _absence(report: HeartRateReport) -> Json | None:
    if report.reason is None:
        return None
    why = report.reason.replace("_", " ")
    return {"coding": [_UNKNOWN, coding(Code(LOCAL, f"withheld-{report.reason}", f"Withheld: {why}"))], "text": why}


def _notes(report: HeartRateReport) -> Iterator[str]:
    if report.bpm_low is not None and report.bpm_high is not None:
        band = f"{report.bpm_low:.{_DECIMALS}f} to {report.bpm_high:.{_DECIMALS}f} /min"
        yield f"95 % band: {band}; probability of being within 5 /min: {report.confidence:.2f}."
    yield RESEARCH_USE
