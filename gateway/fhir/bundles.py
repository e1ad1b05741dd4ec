"""Resources together: everything about one finding, and the results of a search."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from gateway.fhir.elements import Json, element, instant
from gateway.fhir.resources import device, diagnostic_report, imaging_study, observations, patient
from gateway.fhir.risk_assessment import risk_assessment
from shared.contracts.ct import CtReport
from shared.database.tables import Finding, Patient, RiskScore, Study


def finding_bundle(base: str, finding: Finding, person: Patient, study: Study | None) -> Json:
    """Bundle (collection) of ``finding`` and all it refers to; ``base`` is the FHIR base address."""
    report = CtReport.model_validate(finding.report)
    resources = [
        diagnostic_report(finding, report),
        patient(person),
        *([imaging_study(study, report)] if study is not None else []),
        device(finding.model_name, finding.model_version),
        *observations(finding, report),
    ]
    return _collection(base, finding.id, finding.created_at, resources)


def risk_bundle(base: str, risk: RiskScore, person: Patient) -> Json:
    """Bundle (collection) of one assessment, its patient and its algorithms."""
    resources = [risk_assessment(risk), patient(person), device(risk.model_name, risk.model_version)]
    return _collection(base, risk.id, risk.created_at, resources)


def search_bundle(base: str, resources: Iterable[Json], links: dict[str, str]) -> Json:
    """Bundle (searchset) of one page of matches; ``links`` are "self" and, where there are more, "next"."""
    return element(
        resourceType="Bundle",
        type="searchset",
        link=[{"relation": relation, "url": url} for relation, url in links.items()],
        entry=[
            {"fullUrl": _address(base, resource), "resource": resource, "search": {"mode": "match"}}
            for resource in resources
        ],
    )


def _collection(base: str, bundle_id: UUID, at: datetime, resources: Iterable[Json]) -> Json:
    return {
        "resourceType": "Bundle",
        "id": str(bundle_id),
        "type": "collection",
        "timestamp": instant(at),
        "entry": [{"fullUrl": _address(base, resource), "resource": resource} for resource in resources],
    }


def _address(base: str, resource: Json) -> str:
    return f"{base}/{resource['resourceType']}/{resource['id']}"
