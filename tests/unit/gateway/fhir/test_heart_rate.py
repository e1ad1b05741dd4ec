"""Heart rates read from videos as FHIR, as an integrator's client meets them."""

from typing import Any
from uuid import uuid4

import pytest
from fhir.resources.R4B import get_fhir_model_class

from gateway.exchange.statements import RESEARCH_USE
from shared.contracts.heart_rate import HeartRateReport
from shared.contracts.states import Role
from tests.fixtures.gateway import Gateway
from tests.fixtures.video_work import GIVEN, WITHHELD, VideoWork

BASE = "/api/v1/fhir"


@pytest.fixture
def work(gateway: Gateway) -> VideoWork:
    return VideoWork(gateway)


def observation(work: VideoWork, report: HeartRateReport) -> dict[str, Any]:
    reading = work.client.get(f"/api/v1/heart-rate-readings/{work.succeed(report)}").json()
    answer = work.client.get(reading["links"]["fhir"])
    assert answer.headers["content-type"] == "application/fhir+json"
    get_fhir_model_class("Observation").model_validate(answer.json())
    return answer.json()


def test_a_rate_is_an_observation_of_the_heart_rate_profile(work):
    said = observation(work, GIVEN)
    assert said["code"]["coding"] == [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]
    assert said["category"][0]["coding"][0]["code"] == "vital-signs"
    assert said["valueQuantity"] == {
        "value": 72.4,
        "unit": "/min",
        "system": "http://unitsofmeasure.org",
        "code": "/min",
    }
    assert "dataAbsentReason" not in said
    assert (said["status"], said["meta"]["security"][0]["code"]) == ("preliminary", "AIAST")
    assert [note["text"] for note in said["note"]] == [
        "95 % band: 70.9 to 73.9 /min; probability of being within 5 /min: 0.97.",
        RESEARCH_USE,
    ]


def test_a_withheld_rate_is_an_observation_without_a_value_that_says_why(work):
    said = observation(work, WITHHELD)
    assert not any(member.startswith("value") for member in said)
    unknown, local = said["dataAbsentReason"]["coding"]
    assert unknown["system"] == "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert (unknown["code"], local["code"], said["dataAbsentReason"]["text"]) == (
        "unknown",
        "withheld-no_face",
        "no face",
    )
    assert [note["text"] for note in said["note"]] == [RESEARCH_USE]


def test_it_is_of_the_moment_that_the_video_was_recorded(work):
    address, query = f"/api/v1/patients/{work.patient}/videos", {"recorded_at": "2026-03-01T08:30:00Z"}
    answer = work.client.post(address, files=[("file", ("b.mp4", b"\0\0\0\x10ftyp"))], params=query)
    work.job = answer.json()["job"]["id"]
    assert observation(work, GIVEN)["effectiveDateTime"] == "2026-03-01T08:30:00.000+00:00"


def test_it_and_all_it_refers_to_are_read_at_addresses_of_their_own(work):
    said = observation(work, GIVEN)
    assert work.client.get(f"{BASE}/Observation/{said['id']}").json() == said
    patient = work.client.get(f"{BASE}/{said['subject']['reference']}").json()
    assert patient["id"] == work.patient
    device = work.client.get(f"{BASE}/{said['device']['reference']}").json()
    get_fhir_model_class("Device").model_validate(device)
    assert device["deviceName"][0]["name"] == "rppg_fusion"
    assert "heart rate" in device["type"]["text"]


def test_what_is_not_there_is_not_found_and_what_leaves_is_audited(work):
    assert work.client.get(f"/api/v1/heart-rate-readings/{uuid4()}/fhir").json()["code"] == "not_found"
    assert work.client.get(f"{BASE}/Observation/{uuid4()}").status_code == 404
    reading_id = observation(work, GIVEN)["id"]
    entries = work.gateway.client(Role.ADMIN).get("/api/v1/audit", params={"resource": f"heart_rate/{reading_id}"})
    exported = entries.json()["items"][0]
    assert (exported["action"], exported["detail"]) == ("heart_rate.exported", {"form": "fhir"})
