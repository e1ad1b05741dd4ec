"""Jobs, findings and alerts, as a worker leaves them behind."""

import hashlib
from uuid import uuid4

import pytest

from shared.contracts.states import AlertLevel, Role
from shared.database import jobs
from tests.fixtures.gateway import DICOM, IMAGES, REPORT, Gateway, Work


@pytest.fixture
def work(gateway: Gateway) -> Work:
    return Work(gateway)


def test_a_study_shows_its_job_as_the_worker_goes_on(work):
    claimed = work.claim()
    work.database.write(lambda session: jobs.report_progress(session, claimed, 0.4, "segmenting"))
    job = work.client.get(f"/api/v1/studies/{work.study}").json()["job"]
    assert (job["state"], job["progress"], job["stage"], job["attempts"]) == ("running", 0.4, "segmenting", 1)
    assert job["started_at"] is not None


def test_a_finding_is_part_of_its_study_and_stands_for_itself(work):
    finding_id = work.succeed()
    finding = work.client.get(f"/api/v1/findings/{finding_id}").json()
    assert finding["report"] == REPORT
    assert finding["model"] == {"name": "net", "version": "1"}
    assert finding["links"] == {
        "preview": f"/api/v1/findings/{finding_id}/preview.png",
        "volume": f"/api/v1/findings/{finding_id}/volume.nii.gz",
        "mask": None,
        "segmentation": None,
        "structured_report": f"/api/v1/findings/{finding_id}/structured_report.dcm",
        "secondary_capture": None,
        "fhir": f"/api/v1/findings/{finding_id}/fhir",
        "hl7": f"/api/v1/findings/{finding_id}/hl7",
    }
    study = work.client.get(f"/api/v1/studies/{work.study}").json()
    assert study["finding"] == finding
    assert study["job"]["state"] == "succeeded"
    assert work.client.get(f"/api/v1/studies/{work.study}/findings").json()["items"] == [finding]
    listed = work.client.get(f"/api/v1/patients/{work.patient}/studies").json()["items"]
    assert listed == work.client.get("/api/v1/studies").json()["items"] == [study]


@pytest.mark.parametrize("role", sorted(IMAGES))
def test_an_image_comes_whole_with_its_digest_and_is_not_sent_twice(work, role):
    links = work.client.get(f"/api/v1/findings/{work.succeed()}").json()["links"]
    content, media_type = IMAGES[role]
    answer = work.client.get(links[role])
    assert answer.content == content
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert "private" in answer.headers["cache-control"]
    for known in (answer.headers["etag"], f'"other", W/{answer.headers["etag"]}', "*"):
        again = work.client.get(links[role], headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert work.client.get(links[role], headers={"If-None-Match": '"other"'}).status_code == 200


def test_images_that_a_finding_lacks_or_the_store_lost_are_said_to_be_so(work):
    finding_id = work.succeed()
    assert work.client.get(f"/api/v1/findings/{finding_id}/mask.nii.gz").status_code == 404
    assert work.client.get(f"/api/v1/findings/{finding_id}/segmentation.dcm").status_code == 404
    assert work.client.get(f"/api/v1/findings/{uuid4()}/preview.png").status_code == 404
    for path in work.gateway.stored_files():
        path.unlink()
    lost = work.client.get(f"/api/v1/findings/{finding_id}/preview.png")
    assert (lost.status_code, lost.json()["code"]) == (500, "artifact_missing")


def test_reading_findings_and_images_is_audited(work):
    finding_id = work.succeed()
    for address in (f"/api/v1/findings/{finding_id}", f"/api/v1/findings/{finding_id}/preview.png"):
        work.client.get(address)
    audit = work.gateway.client(Role.ADMIN).get("/api/v1/audit", params={"resource": f"finding/{finding_id}"})
    assert [entry["action"] for entry in audit.json()["items"]] == ["finding.image_read", "finding.read"]


def test_a_refused_job_says_why_and_can_be_tried_again_once(work):
    address = f"/api/v1/jobs/{work.job}/retry"
    assert work.client.post(address).json()["code"] == "job_not_retryable"
    work.refuse()
    job = work.client.get(f"/api/v1/jobs/{work.job}").json()
    assert job["state"] == "refused"
    assert job["error"] == {"code": "input_refused", "detail": "Too few slices.", "retryable": False}
    assert work.gateway.client(Role.VIEWER).post(address).status_code == 403
    retried = work.client.post(address)
    assert (retried.status_code, retried.headers["Location"]) == (202, f"/api/v1/jobs/{work.job}")
    assert (retried.json()["state"], retried.json()["error"], retried.json()["attempts"]) == ("queued", None, 0)
    assert work.client.post(address).status_code == 409
    assert work.client.post(f"/api/v1/jobs/{uuid4()}/retry").status_code == 404


def test_jobs_are_listed_by_state_newest_first(work):
    answer = work.client.post(f"/api/v1/patients/{work.patient}/studies", files=[("file", ("b.dcm", DICOM))])
    newer = answer.json()["job"]["id"]
    ids = [job["id"] for job in work.client.get("/api/v1/jobs").json()["items"]]
    assert ids == [newer, work.job]
    work.refuse()
    for state, expected in (("queued", [newer]), ("refused", [work.job]), ("running", [])):
        listed = work.client.get("/api/v1/jobs", params={"state": state}).json()["items"]
        assert [job["id"] for job in listed] == expected
    assert work.client.get("/api/v1/jobs", params={"patient_id": str(uuid4())}).json()["items"] == []


def test_jobs_are_listed_by_one_kind_or_several(work):
    assessment = work.client.post(f"/api/v1/patients/{work.patient}/risks").json()["id"]
    for kinds, expected in (
        (["ct.segment"], [work.job]),
        (["ct.segment", "heart_rate.estimate"], [work.job]),
        (["heart_rate.estimate"], []),
        (["risk.assess", "ct.segment"], [assessment, work.job]),
    ):
        listed = work.client.get("/api/v1/jobs", params={"kind": kinds}).json()["items"]
        assert [job["id"] for job in listed] == expected
    assert work.client.get("/api/v1/jobs", params={"kind": ["ct.segment", "none"]}).status_code == 422


def test_an_alert_goes_from_open_to_acknowledged_to_closed_with_who_when_and_why(work):
    work.alert("a")
    alert = work.client.get("/api/v1/alerts", params={"state": "open"}).json()["items"][0]
    address = f"/api/v1/alerts/{alert['id']}"
    assert (alert["level"], alert["message"]) == ("critical", "Look at once.")
    acknowledged = work.client.post(f"{address}/acknowledge", json={})
    assert acknowledged.json()["state"] == "acknowledged"
    assert work.client.post(f"{address}/acknowledge", json={}).json()["code"] == "alert_state_conflict"
    assert work.client.post(f"{address}/close", json={}).status_code == 422
    assert work.client.post(f"{address}/close", json={"reason": " "}).status_code == 422
    work.client.post(f"{address}/close", json={"reason": "Seen by the surgeon."})
    closed = work.client.get(address).json()
    me = work.client.get("/api/v1/sessions/current").json()["user"]["full_name"]
    assert [(step["state"], step["by"], step["reason"]) for step in closed["actions"]] == [
        ("open", None, "haemorrhage_suspected"),
        ("acknowledged", me, None),
        ("closed", me, "Seen by the surgeon."),
    ]
    assert work.gateway.client(Role.VIEWER).post(f"{address}/close", json={"reason": "x"}).status_code == 403


def test_alerts_are_filtered_and_paged(work):
    for number in range(5):
        work.alert(f"c{number}")
    work.alert("w", AlertLevel.WARNING)
    get = work.client.get
    assert len(get("/api/v1/alerts", params={"level": "warning"}).json()["items"]) == 1
    assert get("/api/v1/alerts", params={"state": "closed"}).json()["items"] == []
    assert get("/api/v1/alerts", params={"patient_id": str(uuid4())}).json()["items"] == []
    first = get("/api/v1/alerts", params={"limit": 4}).json()
    rest = get("/api/v1/alerts", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    ids = [alert["id"] for alert in first["items"] + rest["items"]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (6, 6, None)
    instants = [alert["created_at"] for alert in first["items"] + rest["items"]]
    assert instants == sorted(instants, reverse=True)
