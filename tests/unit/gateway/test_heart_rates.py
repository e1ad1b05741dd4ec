"""Heart rates read from videos, as a worker leaves them behind."""

import hashlib
from uuid import uuid4

import pytest

from shared.contracts.states import Role
from tests.fixtures.gateway import Gateway
from tests.fixtures.video_work import GIVEN, PLOTS, WITHHELD, VideoWork


@pytest.fixture
def work(gateway: Gateway) -> VideoWork:
    return VideoWork(gateway)


def test_a_reading_stands_for_itself_with_links_to_what_was_drawn(work):
    reading_id = work.succeed()
    address = f"/api/v1/heart-rate-readings/{reading_id}"
    reading = work.client.get(address).json()
    assert reading["report"] == GIVEN.model_dump(mode="json")
    assert reading["model"] == {"name": "rppg_fusion", "version": "1.0.0"}
    assert (reading["patient_id"], reading["video_id"], reading["job_id"]) == (work.patient, work.video, work.job)
    assert reading["links"] == {
        "pulse_png": f"{address}/pulse.png",
        "pulse_svg": f"{address}/pulse.svg",
        "spectrum_png": None,
        "spectrum_svg": None,
        "trend_png": None,
        "trend_svg": f"{address}/trend.svg",
        "fhir": f"{address}/fhir",
    }
    assert work.client.get(f"/api/v1/videos/{work.video}").json()["reading"] == reading


def test_a_withheld_rate_is_a_reading_too_and_says_why(work):
    report = work.client.get(f"/api/v1/heart-rate-readings/{work.succeed(WITHHELD, {})}").json()["report"]
    assert (report["bpm"], report["reason"], report["trend"]["times_s"], report["pulse"]) == (None, "no_face", [], None)


def test_readings_of_a_patient_are_paged_newest_first_without_the_long_waves(work):
    other = VideoWork(work.gateway, "MRN-OTHER")
    other.succeed()
    answer = work.client.post(f"/api/v1/patients/{work.patient}/videos", files=[("file", ("b.mp4", b"\0\0\0\x10ftyp"))])
    first = work.succeed()
    work.job = answer.json()["job"]["id"]
    second = work.succeed(WITHHELD, {})
    address = f"/api/v1/patients/{work.patient}/heart-rate-readings"
    newest = work.client.get(address, params={"limit": 1}).json()
    rest = work.client.get(address, params={"limit": 1, "cursor": newest["next_cursor"]}).json()
    assert [reading["id"] for reading in newest["items"] + rest["items"]] == [second, first]
    assert rest["next_cursor"] is None
    report = rest["items"][0]["report"]
    assert report == {**GIVEN.model_dump(mode="json"), "pulse": None, "spectrum": None}
    assert work.client.get(f"/api/v1/patients/{uuid4()}/heart-rate-readings").status_code == 404


@pytest.mark.parametrize("role", sorted(PLOTS))
def test_a_plot_comes_whole_with_its_digest_and_is_not_sent_twice(work, role):
    address = work.client.get(f"/api/v1/heart-rate-readings/{work.succeed()}").json()["links"][role]
    content, media_type = PLOTS[role]
    answer = work.client.get(address)
    assert (answer.content, answer.headers["content-type"]) == (content, media_type)
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert "private" in answer.headers["cache-control"]
    again = work.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_plots_that_were_not_drawn_and_readings_that_are_not_there_are_not_found(work):
    reading_id = work.succeed()
    for address in (f"{reading_id}/spectrum.png", f"{reading_id}/pulse.gif", f"{uuid4()}/pulse.png", str(uuid4())):
        assert work.client.get(f"/api/v1/heart-rate-readings/{address}").status_code == 404


def test_everybody_signed_in_sees_readings_and_every_look_is_audited(work):
    reading_id = work.succeed()
    addresses = [
        f"/api/v1/heart-rate-readings/{reading_id}",
        f"/api/v1/heart-rate-readings/{reading_id}/pulse.png",
        f"/api/v1/patients/{work.patient}/heart-rate-readings",
    ]
    for address in addresses:
        assert work.gateway.client(None).get(address).status_code == 401
        assert work.gateway.client(Role.VIEWER).get(address).status_code == 200
    entries = work.gateway.client(Role.ADMIN).get("/api/v1/audit").json()["items"]
    assert [(entry["action"], entry["resource"]) for entry in entries[:3]] == [
        ("heart_rates.read", f"patient/{work.patient}"),
        ("heart_rate.image_read", f"heart_rate/{reading_id}"),
        ("heart_rate.read", f"heart_rate/{reading_id}"),
    ]
