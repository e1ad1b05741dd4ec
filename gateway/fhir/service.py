"""FHIR reads and searches; each is audited."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.exchange.service import export
from gateway.fhir import resources
from gateway.fhir.bundles import finding_bundle, risk_bundle
from gateway.fhir.elements import Json
from gateway.fhir.heart_rate import heart_rate_observation
from gateway.fhir.references import patient_id_in
from gateway.fhir.risk_assessment import risk_assessment
from gateway.paging import Paging, fetch
from gateway.patients.service import read as read_person
from shared.contracts.ct import CtReport
from shared.database.journal import note_audit
from shared.database.tables import Finding, HeartRateReading, Patient, RiskScore, Study, Video
from shared.errors import InputRefusedError

_FORM: Final = "fhir"


class ReferenceInvalidError(InputRefusedError):
    """A search names its patient by something else than a reference to one."""

    code = "reference_invalid"

    def __init__(self) -> None:
        super().__init__("The search's patient is not a reference to one; write Patient/ and the id.")


def bundle(session: Session, base: str, finding_id: UUID, actor: str) -> Json:
    """Bundle of one finding and all it refers to. Raises NotFoundError."""
    finding = export(session, finding_id, _FORM, actor)
    study = None if finding.study_id is None else session.get(Study, finding.study_id)
    return finding_bundle(base, finding, session.get_one(Patient, finding.patient_id), study)


def diagnostic_report(session: Session, finding_id: UUID, actor: str) -> Json:
    """DiagnosticReport of one finding. Raises NotFoundError."""
    return _diagnostic_report(export(session, finding_id, _FORM, actor))


def observation(session: Session, observation_id: str, actor: str) -> Json:
    """Observation by its id: a finding's, a dot and the local code; or that of a reading. Raises NotFoundError."""
    made_by, dot, _ = observation_id.partition(".")
    try:
        result_id = UUID(made_by)
    except ValueError:
        raise NotFoundError("observation") from None
    if not dot:
        return heart_rate(session, result_id, actor)
    finding = export(session, result_id, _FORM, actor)
    for found in resources.observations(finding, CtReport.model_validate(finding.report)):
        if found["id"] == observation_id:
            return found
    raise NotFoundError("observation")


def heart_rate(session: Session, reading_id: UUID, actor: str) -> Json:
    """Observation of one heart rate reading. Raises NotFoundError."""
    reading = session.get(HeartRateReading, reading_id)
    if reading is None:
        raise NotFoundError("heart rate reading")
    resource, detail = f"heart_rate/{reading_id}", {"form": _FORM}
    note_audit(session, actor=actor, action="heart_rate.exported", resource=resource, detail=detail)
    return heart_rate_observation(reading, session.get_one(Video, reading.video_id))


def imaging_study(session: Session, study_id: UUID, actor: str) -> Json:
    """ImagingStudy, as far as its latest finding knows it. Raises NotFoundError."""
    study = session.get(Study, study_id)
    if study is None:
        raise NotFoundError("study")
    note_audit(session, actor=actor, action="study.exported", resource=f"study/{study_id}", detail={"form": _FORM})
    latest = (
        select(Finding).where(Finding.study_id == study_id).order_by(Finding.created_at.desc(), Finding.id).limit(1)
    )
    finding = session.scalar(latest)
    return resources.imaging_study(study, None if finding is None else CtReport.model_validate(finding.report))


def patient(session: Session, patient_id: UUID, actor: str) -> Json:
    """Patient, pseudonymous. Raises NotFoundError."""
    return resources.patient(read_person(session, patient_id, actor))


def device(session: Session, device_id: str) -> Json:
    """Device: an algorithm that made at least one finding, assessment or reading. Raises NotFoundError."""
    for made in (Finding, RiskScore, HeartRateReading):
        for name, version in session.execute(select(made.model_name, made.model_version).distinct()):
            if resources.device_id(name, version) == device_id:
                return resources.device(name, version)
    raise NotFoundError("device")


def risk_bundle_of(session: Session, base: str, risk_id: UUID, actor: str) -> Json:
    """Bundle of one assessment and all it refers to. Raises NotFoundError."""
    risk = _risk(session, risk_id, actor)
    return risk_bundle(base, risk, session.get_one(Patient, risk.patient_id))


def risk_assessment_of(session: Session, risk_id: UUID, actor: str) -> Json:
    """RiskAssessment of one assessment. Raises NotFoundError."""
    return risk_assessment(_risk(session, risk_id, actor))


def search_risks(session: Session, subject: str | None, paging: Paging, actor: str) -> tuple[list[Json], str | None]:
    """RiskAssessments of the patient ``subject`` refers to, or of all, newest first.

    Raises ReferenceInvalidError, CursorInvalidError.
    """
    query, resource = select(RiskScore), "risks"
    if subject is not None:
        patient_id = _patient_id(subject)
        query, resource = query.where(RiskScore.patient_id == patient_id), f"patient/{patient_id}"
    rows, cursor = fetch(session, query, [RiskScore.created_at, RiskScore.id], paging, descending=True)
    detail = {"form": _FORM, "shown": len(rows)}
    note_audit(session, actor=actor, action="risks.exported", resource=resource, detail=detail)
    return [risk_assessment(row) for row in rows], cursor


def search_reports(session: Session, subject: str | None, paging: Paging, actor: str) -> tuple[list[Json], str | None]:
    """DiagnosticReports of the patient ``subject`` refers to, or of all, newest first.

    Raises ReferenceInvalidError, CursorInvalidError.
    """
    query, resource = select(Finding), "findings"
    if subject is not None:
        patient_id = _patient_id(subject)
        query, resource = query.where(Finding.patient_id == patient_id), f"patient/{patient_id}"
    rows, cursor = fetch(session, query, [Finding.created_at, Finding.id], paging, descending=True)
    detail = {"form": _FORM, "shown": len(rows)}
    note_audit(session, actor=actor, action="findings.exported", resource=resource, detail=detail)
    return [_diagnostic_report(row) for row in rows], cursor


def _risk(session: Session, risk_id: UUID, actor: str) -> RiskScore:
    risk = session.get(RiskScore, risk_id)
    if risk is None:
        raise NotFoundError("risk")
    note_audit(session, actor=actor, action="risk.exported", resource=f"risk/{risk_id}", detail={"form": _FORM})
    return risk


def _diagnostic_report(finding: Finding) -> Json:
    return resources.diagnostic_report(finding, CtReport.model_validate(finding.report))


def _patient_id(reference: str) -> UUID:
    named = patient_id_in(reference)
    if named is None:
        raise ReferenceInvalidError
    return named
