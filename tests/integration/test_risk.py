"""CT finding, vital signs and behaviour become one risk and one alert: on both pairs, in real processes, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.platform import PlatformClient
from tests.fixtures.servers import wait_until
from tests.fixtures.studies import bleeding_head_zip

HEART_RATE, SYSTOLIC, DIASTOLIC, GCS = "8867-4", "8480-6", "8462-4", "9269-2"


@pytest.fixture(scope="module")
def patient(client: PlatformClient) -> dict[str, Any]:
    """Somebody with a bleed on the CT, a high pressure, and then a drooping face."""
    now = datetime.now(UTC)
    onset = now - timedelta(hours=2)
    history = {"hypertension": True, "premorbid_mrs": 0}
    person = client.add_patient(birth_date="1950-03-01", sex="male", onset_at=onset.isoformat(), history=history)
    job = client.submit([("study.zip", bleeding_head_zip())], "stat", person["id"])
    assert client.wait_for(job["id"])["state"] == "succeeded"
    wait_until(lambda: bool(client.risks(person["id"])), "the finding is assessed", 60)
    return person


def newest(client: PlatformClient, patient_id: str) -> dict[str, Any]:
    report: dict[str, Any] = client.risk(client.risks(patient_id)[0]["id"])["report"]
    return report


def test_the_finding_alone_gives_expansion_and_outcome(client: PlatformClient, patient: dict[str, Any]) -> None:
    report = newest(client, patient["id"])
    assert (report["expansion"]["status"], report["expansion"]["variant"]) == ("computed", "admission")
    assert sum(report["outcome"]["probabilities"]) == pytest.approx(1)
    facts = {fact["name"]: fact for fact in report["facts"]}
    assert facts["haematoma_ml"]["source"] == "finding"
    assert facts["onset_to_ct_h"]["value"] == pytest.approx(2, abs=0.2)
    assert report["bedside"]["momentary_level"] == "amber"  # a bleed on a recent CT


def test_vital_signs_raise_the_risk_and_a_sign_of_stroke_calls_once(
    client: PlatformClient, patient: dict[str, Any]
) -> None:
    before = client.risks(patient["id"])[0]["score"]
    now = datetime.now(UTC)
    readings = [(SYSTOLIC, 230, "mm[Hg]"), (DIASTOLIC, 120, "mm[Hg]"), (HEART_RATE, 80, "/min"), (GCS, 15, "{score}")]
    sent = client.measure(patient["id"], now, *readings)
    assert sent["assessment"]["state"] == "queued"
    client.see(patient["id"], "face_droop", now - timedelta(seconds=10), now)
    wait_until(lambda: client.risks(patient["id"])[0]["level"] == "red", "the level is red", 60)
    assert client.risks(patient["id"])[0]["score"] > before
    report = newest(client, patient["id"])
    assert {"face_droop", "blood_pressure", "ct_haemorrhage"} <= {
        part["name"] for part in report["bedside"]["contributions"]
    }
    again = client.measure(patient["id"], now, *readings)
    assert (again["stored"], again["assessment"]) == (0, None)
    job = client.http.post(f"/patients/{patient['id']}/risks").json()
    client.wait_for(job["id"])
    called = [a for a in client.alerts(patient_id=patient["id"]) if a["code"].startswith("stroke_risk")]
    assert [(alert["level"], alert["state"]) for alert in called] == [("critical", "open")]


def test_what_if_is_answered_at_once_and_stored_nowhere(client: PlatformClient, patient: dict[str, Any]) -> None:
    known = len(client.risks(patient["id"]))
    question = {"facts": {"haematoma_ml": 90, "age_years": 85}}
    answer = client.http.post(f"/patients/{patient['id']}/risks/what-if", json=question)
    assert answer.status_code == 200, answer.text
    assert (
        answer.json()["outcome"]["probability_disabled"]
        > newest(client, patient["id"])["outcome"]["probability_disabled"]
    )
    facts = {fact["name"]: fact["source"] for fact in answer.json()["facts"]}
    assert facts["haematoma_ml"] == "asked"
    assert len(client.risks(patient["id"])) in (known, known + 1)  # one that was due may have come meanwhile


def test_the_report_is_read_and_the_audit_knows_by_whom(client: PlatformClient, patient: dict[str, Any]) -> None:
    risk = client.risk(client.risks(patient["id"])[0]["id"])
    page = client.http.get(risk["links"]["report"].removeprefix("/api/v1"))
    assert page.status_code == 200
    assert "Phantom" in page.text
    resource = client.http.get(f"/fhir/RiskAssessment/{risk['id']}").json()
    assert resource["basis"][0]["reference"].startswith("DiagnosticReport/")
    entries = client.http.get("/audit", params={"resource": f"risk/{risk['id']}"}).json()["items"]
    assert {"risk.read", "risk.exported"} <= {entry["action"] for entry in entries}
