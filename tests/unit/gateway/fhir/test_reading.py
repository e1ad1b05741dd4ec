"""The FHIR interface as an integrator's client meets it."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle

from shared.contracts.states import Role
from tests.fixtures.gateway import Gateway, Work

BASE = "/api/v1/fhir"


@pytest.fixture
def work(gateway: Gateway) -> Work:
    return Work(gateway)


def path_of(url: str) -> str:
    return url.removeprefix("http://testserver")


def assert_outcome(answer, status: int, issue_type: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    outcome = get_fhir_model_class("OperationOutcome").model_validate(answer.json())
    assert (outcome.issue[0].severity, outcome.issue[0].code) == ("error", issue_type)


def test_a_finding_is_a_bundle_and_every_resource_in_it_is_read_at_its_own_address(work) -> None:
    finding_id = work.succeed()
    link = work.client.get(f"/api/v1/findings/{finding_id}").json()["links"]["fhir"]
    answer = work.client.get(link)
    assert answer.headers["content-type"] == "application/fhir+json"
    assert {link.resource.get_resource_type() for link in Bundle.model_validate(answer.json()).entry} == {
        "DiagnosticReport",
        "Patient",
        "ImagingStudy",
        "Device",
        "Observation",
    }
    for entry in answer.json()["entry"]:
        alone = work.client.get(path_of(entry["fullUrl"]))
        assert alone.headers["content-type"] == "application/fhir+json"
        assert alone.json() == entry["resource"]


def test_addresses_are_https_where_a_proxy_ends_tls(work) -> None:
    work.gateway.settings.secure_cookies = True
    bundle = work.client.get(f"/api/v1/findings/{work.succeed()}/fhir").json()
    assert all(entry["fullUrl"].startswith("https://testserver/api/v1/fhir/") for entry in bundle["entry"])


def test_a_study_without_a_finding_is_an_imaging_study_without_dicom_identifiers(work) -> None:
    study = work.client.get(f"{BASE}/ImagingStudy/{work.study}").json()
    get_fhir_model_class("ImagingStudy").model_validate(study)
    assert "series" not in study


def test_reports_are_found_by_patient_and_paged_by_links(work) -> None:
    first = work.succeed()
    other = Work(work.gateway, number="MRN-2")
    second = other.succeed()

    def found(query: dict[str, object]) -> list[str]:
        bundle = work.client.get(f"{BASE}/DiagnosticReport", params=query).json()
        assert Bundle.model_validate(bundle).type == "searchset"
        return [entry["resource"]["id"] for entry in bundle.get("entry", [])]

    assert found({"subject": f"Patient/{work.patient}"}) == [first]
    assert found({"subject": f"https://elsewhere.example/fhir/Patient/{work.patient}"}) == [first]
    assert found({"patient": other.patient}) == [second]
    assert found({"patient": str(uuid4())}) == []
    assert found({}) == [second, first]

    page = work.client.get(f"{BASE}/DiagnosticReport", params={"_count": 1}).json()
    links = {link["relation"]: path_of(link["url"]) for link in page["link"]}
    assert [entry["resource"]["id"] for entry in page["entry"]] == [second]
    assert work.client.get(links["self"]).json() == page
    last = work.client.get(links["next"]).json()
    assert [entry["resource"]["id"] for entry in last["entry"]] == [first]
    assert [link["relation"] for link in last["link"]] == ["self"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLINICIAN, Role.ADMIN])
def test_whoever_may_read_findings_may_read_them_as_fhir(work, role) -> None:
    finding_id = work.succeed()
    client = work.gateway.client(role)
    assert client.get(f"/api/v1/findings/{finding_id}/fhir").status_code == 200
    assert client.get(f"{BASE}/DiagnosticReport/{finding_id}").status_code == 200


def test_capabilities_need_no_session_and_name_what_is_served(gateway) -> None:
    stranger: TestClient = gateway.client(None)
    statement = stranger.get(f"{BASE}/metadata").json()
    get_fhir_model_class("CapabilityStatement").model_validate(statement)
    promised = {
        f"{BASE}/{resource['type']}{'' if interaction['code'] == 'search-type' else '/{id}'}"
        for resource in statement["rest"][0]["resource"]
        for interaction in resource["interaction"]
    }
    served = {path for path in gateway.app.openapi()["paths"] if path.startswith(BASE)}
    assert promised == served - {f"{BASE}/metadata"}
    for path in promised:
        assert_outcome(stranger.get(path.replace("{id}", str(uuid4()))), 401, "login")


def test_what_is_not_there_or_not_understood_is_an_operation_outcome(work) -> None:
    finding_id = work.succeed()
    for kind in ("DiagnosticReport", "ImagingStudy", "Patient", "Observation", "Device"):
        assert_outcome(work.client.get(f"{BASE}/{kind}/{uuid4()}"), 404, "not-found")
    assert_outcome(work.client.get(f"{BASE}/Observation/{finding_id}.unheard-of"), 404, "not-found")
    assert_outcome(work.client.get(f"{BASE}/Observation/not-one-of-ours"), 404, "not-found")
    assert_outcome(work.client.get(f"{BASE}/Encounter/{uuid4()}"), 404, "not-found")
    assert_outcome(work.client.get(f"{BASE}/DiagnosticReport/1"), 422, "invalid")
    assert_outcome(work.client.get(f"{BASE}/DiagnosticReport", params={"subject": "Group/1"}), 422, "invalid")
    assert_outcome(work.client.get(f"{BASE}/DiagnosticReport", params={"cursor": "x"}), 422, "invalid")
    assert_outcome(work.client.delete(f"{BASE}/Patient/{work.patient}"), 405, "not-supported")
    assert work.client.get(f"/api/v1/findings/{uuid4()}/fhir").json()["code"] == "not_found"


def test_every_export_is_audited_with_its_form(work) -> None:
    finding_id = work.succeed()
    work.client.get(f"/api/v1/findings/{finding_id}/fhir")
    work.client.get(f"{BASE}/Observation/{finding_id}.haematoma-volume")
    work.client.get(f"/api/v1/findings/{finding_id}/hl7")
    work.client.get(f"{BASE}/DiagnosticReport", params={"patient": work.patient})
    work.client.get(f"{BASE}/ImagingStudy/{work.study}")
    admin = work.gateway.client(Role.ADMIN)

    def audited(resource: str) -> list[tuple[str, str | None]]:
        items = admin.get("/api/v1/audit", params={"resource": resource}).json()["items"]
        return [(entry["action"], entry["detail"].get("form")) for entry in items]

    assert audited(f"finding/{finding_id}") == [("finding.exported", form) for form in ("hl7", "fhir", "fhir")]
    assert ("findings.exported", "fhir") in audited(f"patient/{work.patient}")
    assert ("study.exported", "fhir") in audited(f"study/{work.study}")
