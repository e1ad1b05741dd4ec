import json
import re
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from gateway.exchange.statements import RESEARCH_USE
from gateway.fhir.bundles import finding_bundle, search_bundle
from gateway.fhir.capability import capability_statement
from gateway.fhir.outcome import operation_outcome
from shared.contracts.ct import CtReport
from tests.fixtures.ct_reports import a_finding, a_report, for_any_report, patient_and_study_of

BASE = "https://platform.example/api/v1/fhir"


def bundle_of(report: CtReport) -> dict[str, Any]:
    finding = a_finding(report)
    return finding_bundle(BASE, finding, *patient_and_study_of(finding))


def resources(bundle: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == resource_type]


def observation(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = (o for o in resources(bundle, "Observation") if o["code"]["coding"][0]["code"] == code)
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(references, value))
    if isinstance(value, dict):
        own = {value["reference"]} if "reference" in value else set()
        return own.union(*map(references, value.values()))
    return set()


@for_any_report
def test_any_report_becomes_a_valid_bundle_that_holds_all_it_refers_to(report: CtReport) -> None:
    written = json.dumps(bundle_of(report))
    bundle = json.loads(written)

    Bundle.model_validate_json(written)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        assert entry["fullUrl"] == f"{BASE}/{resource['resourceType']}/{resource['id']}"
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
    held = {entry["fullUrl"].removeprefix(f"{BASE}/") for entry in bundle["entry"]}
    assert references(bundle) <= held
    (diagnostic,) = resources(bundle, "DiagnosticReport")
    results = {result["reference"] for result in diagnostic["result"]}
    assert results == {f"Observation/{o['id']}" for o in resources(bundle, "Observation")}


@for_any_report
def test_nothing_empty_is_written_and_everything_is_preliminary_and_marked_as_made_by_ai(report: CtReport) -> None:
    bundle = bundle_of(report)

    def check(value: Any) -> None:
        assert value not in (None, "", [], {})
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(inner)

    check(bundle)
    for said in (*resources(bundle, "DiagnosticReport"), *resources(bundle, "Observation")):
        assert said["status"] == "preliminary"
        assert said["meta"]["security"][0]["code"] == "AIAST"


def test_volumes_carry_ucum_millilitres_and_stand_on_the_images() -> None:
    bundle = bundle_of(a_report())
    (study,) = resources(bundle, "ImagingStudy")
    volume = observation(bundle, "haematoma-volume")

    assert volume["valueQuantity"] == {
        "value": 12.346,
        "unit": "mL",
        "system": "http://unitsofmeasure.org",
        "code": "mL",
    }
    assert {"system": "http://snomed.info/sct", "code": "118565006", "display": "Volume"} in volume["code"]["coding"]
    assert volume["derivedFrom"] == [{"reference": f"ImagingStudy/{study['id']}"}]
    abc = observation(bundle, "ABC2")
    assert [part["valueQuantity"]["value"] for part in abc["component"]] == [40.0, 30.0, 20.0]


def test_measurements_of_the_haematoma_bear_the_uid_that_dicom_objects_call_it_by() -> None:
    bundle = bundle_of(a_report())
    tracked = {
        o["code"]["coding"][0]["code"]: o["identifier"] for o in resources(bundle, "Observation") if "identifier" in o
    }
    assert set(tracked) == {"haematoma-volume", "ABC2"}
    for (identifier,) in tracked.values():
        assert identifier["type"]["coding"][0]["code"] == "112040"
        assert (identifier["system"], identifier["value"]) == ("urn:dicom:uid", "urn:oid:2.25.77")
    assert not any("identifier" in o for o in resources(bundle_of(a_report(tracking_uid=None)), "Observation"))


def test_suspicion_is_abnormal_and_its_absence_is_not_called_normal() -> None:
    suspected = observation(bundle_of(a_report()), "haemorrhage-suspected")
    unsuspected = observation(bundle_of(a_report(haemorrhage_suspected=False)), "haemorrhage-suspected")
    assert suspected["valueBoolean"] is True
    assert suspected["interpretation"][0]["coding"][0]["code"] == "A"
    assert unsuspected["valueBoolean"] is False
    assert "interpretation" not in unsuspected


def test_every_observation_repeats_the_reasons_to_look_again_and_the_limits_of_use() -> None:
    for said in resources(bundle_of(a_report()), "Observation"):
        texts = [note["text"] for note in said["note"]]
        assert texts[0] == "lesion_at_scan_border: A lesion reaches the last slice."
        assert texts[-1] == RESEARCH_USE


def test_the_report_is_a_head_ct_of_radiology_with_a_conclusion_and_no_diagnosis() -> None:
    (report,) = resources(bundle_of(a_report()), "DiagnosticReport")
    assert report["code"]["coding"] == [{"system": "http://loinc.org", "code": "24725-4", "display": "CT Head"}]
    assert report["category"][0]["coding"][0]["code"] == "RAD"
    assert RESEARCH_USE in report["conclusion"]
    assert "conclusionCode" not in report


def test_the_study_bears_its_dicom_identifiers_where_they_are_known() -> None:
    (known,) = resources(bundle_of(a_report()), "ImagingStudy")
    assert known["identifier"][0] == {"system": "urn:dicom:uid", "value": "urn:oid:1.2.840.1"}
    assert known["series"][0]["uid"] == "1.2.840.1.7"

    (unknown,) = resources(bundle_of(a_report(study_instance_uid=None, series_instance_uid=None)), "ImagingStudy")
    assert "series" not in unknown
    assert [identifier["system"] for identifier in unknown["identifier"]] == ["urn:ietf:rfc:3986"]


def test_the_algorithm_is_named_with_its_version() -> None:
    (device,) = resources(bundle_of(a_report()), "Device")
    assert device["deviceName"][0]["name"] == "deep_hemorrhage_net"
    assert device["version"][0]["value"] == "1.0.0"


def test_nothing_that_names_the_patient_leaves() -> None:
    bundle = bundle_of(a_report())
    (patient,) = resources(bundle, "Patient")
    assert set(patient) == {"resourceType", "id", "meta", "identifier", "active"}
    for secret in ("MRN-SECRET", "Fam-Secret", "Given-Secret", "1950", "female"):
        assert secret not in json.dumps(bundle)


@pytest.mark.parametrize("links", [{"self": "https://x/1"}, {"self": "https://x/1", "next": "https://x/2"}])
def test_the_results_of_a_search_are_a_valid_bundle(links: dict[str, str]) -> None:
    found = resources(bundle_of(a_report()), "DiagnosticReport")
    Bundle.model_validate(search_bundle(BASE, found, links))
    Bundle.model_validate(search_bundle(BASE, [], links))


def test_capabilities_and_errors_are_valid_resources() -> None:
    statement = CapabilityStatement.model_validate(capability_statement(BASE, "1"))
    assert statement.fhirVersion == "4.0.1"
    for status in (401, 403, 404, 422, 500, 503):
        OperationOutcome.model_validate(operation_outcome(status, "some_code", "It went wrong.", "abc"))
