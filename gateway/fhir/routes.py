"""FHIR: the bundle of a finding, and an interface to read and search resources."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session

from gateway.address import API, FHIR
from gateway.auth.access import Anyone, SignedIn
from gateway.fhir import service
from gateway.fhir.bundles import search_bundle
from gateway.fhir.capability import capability_statement
from gateway.fhir.elements import Json
from gateway.fhir.outcome import CONTENT, FhirResponse
from gateway.paging import Paging
from gateway.platform import Platform, ThePlatform
from gateway.problems import problems
from gateway.text import PathId

router = APIRouter(tags=["fhir"])

_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": CONTENT}}
_outcomes = partial(problems, content=CONTENT)
_MAX_COUNT: Final = 200

Search = Callable[[Session, str | None, Paging, str], tuple[list[Json], str | None]]
FhirId = Annotated[str, Path(alias="id", max_length=64, pattern=r"^[A-Za-z0-9\-.]+$")]
PatientReference = Annotated[str | None, Query(max_length=2048, description="Patient/ and the id")]
Count = Annotated[int, Query(alias="_count", ge=1, description=f"Longest page, {_MAX_COUNT} at most")]
Cursor = Annotated[str | None, Query(max_length=4096, description="Part of the link to the next page")]


@router.get(f"{API}/findings/{{id}}/fhir", response_class=FhirResponse, responses=problems(404) | _ANSWER)
def get_finding_fhir(finding_id: PathId, request: Request, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """One finding as a FHIR R4 Bundle: report, observations, study, pseudonymous patient, algorithm."""
    base = _base(request, platform)
    return FhirResponse(platform.database.write(lambda session: service.bundle(session, base, finding_id, user.actor)))


@router.get(f"{API}/risks/{{id}}/fhir", response_class=FhirResponse, responses=problems(404) | _ANSWER)
def get_risk_fhir(risk_id: PathId, request: Request, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """One assessment as a FHIR R4 Bundle: risk assessment, pseudonymous patient, algorithms."""
    base = _base(request, platform)
    return FhirResponse(
        platform.database.write(lambda session: service.risk_bundle_of(session, base, risk_id, user.actor))
    )


@router.get(f"{API}/heart-rate-readings/{{id}}/fhir", response_class=FhirResponse, responses=problems(404) | _ANSWER)
def get_heart_rate_reading_fhir(reading_id: PathId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """One heart rate read from a video as a FHIR R4 Observation; without a rate it says why."""
    return FhirResponse(platform.database.write(lambda session: service.heart_rate(session, reading_id, user.actor)))


@router.get(f"{FHIR}/metadata", response_class=FhirResponse, responses=_outcomes() | _ANSWER)
def get_fhir_capabilities(request: Request, platform: ThePlatform) -> FhirResponse:
    """What the FHIR interface can do (CapabilityStatement); needs no session."""
    return FhirResponse(capability_statement(_base(request, platform), request.app.version))


@router.get(f"{FHIR}/DiagnosticReport", response_class=FhirResponse, responses=_outcomes() | _ANSWER)
def search_fhir_reports(
    request: Request,
    user: Anyone,
    platform: ThePlatform,
    subject: PatientReference = None,
    patient: PatientReference = None,
    count: Count = 50,
    cursor: Cursor = None,
) -> FhirResponse:
    """DiagnosticReports of one patient, or of all, newest first."""
    asked = Asked(subject or patient, min(count, _MAX_COUNT), cursor)
    return _search(request, platform, user, "DiagnosticReport", service.search_reports, asked)


@router.get(f"{FHIR}/RiskAssessment", response_class=FhirResponse, responses=_outcomes() | _ANSWER)
def search_fhir_risks(
    request: Request,
    user: Anyone,
    platform: ThePlatform,
    subject: PatientReference = None,
    patient: PatientReference = None,
    count: Count = 50,
    cursor: Cursor = None,
) -> FhirResponse:
    """RiskAssessments of one patient, or of all, newest first."""
    asked = Asked(subject or patient, min(count, _MAX_COUNT), cursor)
    return _search(request, platform, user, "RiskAssessment", service.search_risks, asked)


@router.get(f"{FHIR}/RiskAssessment/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_risk(risk_id: PathId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """The RiskAssessment of an assessment, under its id."""
    return FhirResponse(
        platform.database.write(lambda session: service.risk_assessment_of(session, risk_id, user.actor))
    )


@router.get(f"{FHIR}/DiagnosticReport/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_report(finding_id: PathId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """The DiagnosticReport of a finding, under the finding's id."""
    return FhirResponse(
        platform.database.write(lambda session: service.diagnostic_report(session, finding_id, user.actor))
    )


@router.get(f"{FHIR}/Observation/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_observation(observation_id: FhirId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """One Observation: of a finding, or a heart rate."""
    return FhirResponse(
        platform.database.write(lambda session: service.observation(session, observation_id, user.actor))
    )


@router.get(f"{FHIR}/ImagingStudy/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_study(study_id: PathId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """The ImagingStudy of a study, under the study's id."""
    return FhirResponse(platform.database.write(lambda session: service.imaging_study(session, study_id, user.actor)))


@router.get(f"{FHIR}/Patient/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_patient(patient_id: PathId, user: Anyone, platform: ThePlatform) -> FhirResponse:
    """A patient by the platform's identifier, without name, number, sex or date of birth."""
    return FhirResponse(platform.database.write(lambda session: service.patient(session, patient_id, user.actor)))


@router.get(f"{FHIR}/Device/{{id}}", response_class=FhirResponse, responses=_outcomes(404) | _ANSWER)
def get_fhir_device(device_id: FhirId, _: Anyone, platform: ThePlatform) -> FhirResponse:
    """The algorithm, in the version, that made some result."""
    with platform.database.reading() as session:
        return FhirResponse(service.device(session, device_id))


@dataclass(frozen=True)
class Asked:
    """What a search asks for."""

    subject: str | None
    count: int
    cursor: str | None


def _search(
    request: Request, platform: Platform, user: SignedIn, resource_type: str, search: Search, asked: Asked
) -> FhirResponse:
    paging = Paging(asked.count, asked.cursor)
    found, following = platform.database.write(lambda session: search(session, asked.subject, paging, user.actor))
    base = _base(request, platform)
    query = {name: value for name, value in (("subject", asked.subject), ("_count", asked.count)) if value}
    links = {"self": query | ({"cursor": asked.cursor} if asked.cursor else {})}
    if following is not None:
        links["next"] = query | {"cursor": following}
    addresses = {relation: f"{base}/{resource_type}?{urlencode(link)}" for relation, link in links.items()}
    return FhirResponse(search_bundle(base, found, addresses))


def _base(request: Request, platform: ThePlatform) -> str:
    """The address that the client knows this interface by; a proxy that ends TLS passes on the host, not the scheme."""
    scheme = "https" if platform.settings.secure_cookies else request.url.scheme
    return f"{scheme}://{request.url.netloc}{FHIR}"
