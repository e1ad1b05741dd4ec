"""The resources that a finding becomes.

The patient stays pseudonymous: only the platform's own identifier leaves, no name, number, sex or date of birth.
"""

import hashlib
from typing import Any, Final

from gateway.exchange.codes import BRAIN, COMPUTED_TOMOGRAPHY, CT_HEAD, SOFTWARE, TRACKING_UID
from gateway.exchange.statements import RESEARCH_USE, Quantity, Statement, conclusion, notes, statements
from gateway.fhir.elements import (
    Json,
    coding,
    concept,
    element,
    instant,
    quantity,
    reference,
    row_identifier,
    uid_identifier,
)
from shared.contracts.ct import CtReport
from shared.database.tables import Finding, Patient, Study

_RADIOLOGY: Final = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology"}
_IMAGING: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
    "code": "imaging",
    "display": "Imaging",
}
_ABNORMAL: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "code": "A",
    "display": "Abnormal",
}
# The label by which HL7's AI Transparency guide has such content known.
ASSERTED_BY_AI: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
    "display": "Artificial Intelligence asserted",
}

# What algorithms that read no CTs are for.
_PURPOSES: Final = {
    "risk_scoring": "Algorithms that assess the risks of patients with a stroke",
    "rppg_fusion": "Algorithm that reads the heart rate from videos of the face",
}


def patient(row: Patient) -> Json:
    """Patient, pseudonymous."""
    return {
        "resourceType": "Patient",
        "id": str(row.id),
        "meta": {"lastUpdated": instant(row.updated_at)},
        "identifier": [row_identifier(row.id)],
        "active": row.archived_at is None,
    }


def imaging_study(row: Study, report: CtReport | None) -> Json:
    """ImagingStudy with the DICOM identifiers that ``report``, one of its findings, knows of it."""
    modality = coding(COMPUTED_TOMOGRAPHY)
    study_uid, series_uid = (report.study_instance_uid, report.series_instance_uid) if report else (None, None)
    return element(
        resourceType="ImagingStudy",
        id=str(row.id),
        meta={"lastUpdated": instant(row.created_at)},
        identifier=[*([uid_identifier(study_uid)] if study_uid else []), row_identifier(row.id)],
        status="available",
        modality=[modality],
        subject=reference("Patient", row.patient_id),
        started=_acquired(report),
        series=[{"uid": series_uid, "modality": modality}] if series_uid else None,
    )


def device(name: str, version: str) -> Json:
    """Device: the algorithm in this version."""
    return {
        "resourceType": "Device",
        "id": device_id(name, version),
        "status": "active",
        "manufacturer": "DeepHemorrhageNet",
        "deviceName": [{"name": name, "type": "model-name"}],
        "type": concept(SOFTWARE, text=_PURPOSES.get(name, "Algorithm that finds haemorrhage in head CTs")),
        "version": [{"value": version}],
        "note": [{"text": RESEARCH_USE}],
    }


def device_id(name: str, version: str) -> str:
    """The id of that Device; a digest, since names of models have characters that ids may not have."""
    return hashlib.sha256(f"{name}\n{version}".encode()).hexdigest()[:32]


def observations(finding: Finding, report: CtReport) -> list[Json]:
    """Everything said of the study, each as an Observation whose id is the finding's and the local code."""
    return [_observation(finding, report, said) for said in statements(report)]


def diagnostic_report(finding: Finding, report: CtReport) -> Json:
    """DiagnosticReport over the observations. It bears no conclusion code: that would be read as a diagnosis."""
    return element(
        resourceType="DiagnosticReport",
        id=str(finding.id),
        meta=_meta(finding),
        identifier=[row_identifier(finding.id)],
        status="preliminary",
        category=[{"coding": [_RADIOLOGY]}],
        code=concept(CT_HEAD),
        subject=reference("Patient", finding.patient_id),
        effectiveDateTime=_acquired(report),
        issued=instant(finding.created_at),
        result=[reference("Observation", _observation_id(finding, said)) for said in statements(report)],
        imagingStudy=_studies(finding),
        conclusion=conclusion(report),
    )


def _observation(finding: Finding, report: CtReport, said: Statement) -> Json:
    return element(
        resourceType="Observation",
        id=_observation_id(finding, said),
        meta=_meta(finding),
        identifier=[_tracking_identifier(report.tracking_uid)] if said.of_haematoma and report.tracking_uid else None,
        status="preliminary",
        category=[{"coding": [_IMAGING]}],
        code=concept(said.code, said.broader),
        subject=reference("Patient", finding.patient_id),
        effectiveDateTime=_acquired(report),
        issued=instant(finding.created_at),
        **_value(said.value),
        interpretation=[{"coding": [_ABNORMAL]}] if said.value is True else None,
        note=[{"text": note} for note in (*notes(report), RESEARCH_USE)],
        bodySite=concept(BRAIN),
        method=concept(said.method) if said.method else None,
        device=reference("Device", device_id(finding.model_name, finding.model_version)),
        derivedFrom=_studies(finding),
        component=[{"code": concept(part.code), "valueQuantity": quantity(part.quantity)} for part in said.parts],
    )


def _observation_id(finding: Finding, said: Statement) -> str:
    return f"{finding.id}.{said.code.value}"


def _tracking_identifier(uid: str) -> Json:
    """Whose measurement this is: the haematoma that DICOM SEG and SR call by the same UID."""
    return {"type": concept(TRACKING_UID), **uid_identifier(uid)}


def _value(value: Quantity | bool | None) -> dict[str, Any]:
    if isinstance(value, Quantity):
        return {"valueQuantity": quantity(value)}
    return {} if value is None else {"valueBoolean": value}


def _acquired(report: CtReport | None) -> str | None:
    """When the scan was made, if its DICOM header told."""
    return None if report is None or report.acquired_at is None else instant(report.acquired_at)


def _meta(finding: Finding) -> Json:
    return {"lastUpdated": instant(finding.created_at), "security": [ASSERTED_BY_AI]}


def _studies(finding: Finding) -> list[Json]:
    return [] if finding.study_id is None else [reference("ImagingStudy", finding.study_id)]
