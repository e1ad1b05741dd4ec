"""A heart rate in the browser: read from a video by the real worker, withheld, fused with devices, and contradicted."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.artifacts.store import ArtifactStore
from shared.contracts.heart_rate import Reason
from shared.database.engine import Database
from tests.e2e.conftest import a_viewer, expect_accessible, sign_in
from tests.fixtures.care import add_patient
from tests.fixtures.face_videos import a_face_video, a_person, a_scene, plain_video, steady_times
from tests.fixtures.heart_rate_readings import add_reading, an_estimate, withheld
from tests.fixtures.platform import PlatformClient, PlatformProcesses

HEART_RATE = "8867-4"
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def artifacts(platform: PlatformProcesses) -> ArtifactStore:
    return ArtifactStore(f"file://{platform.artifacts}")


@pytest.fixture
def patient(database: Database) -> UUID:
    return add_patient(database)


def measured(client: PlatformClient, patient: UUID, at: datetime, bpm: float, source: str, device: str) -> None:
    vital = {"kind": HEART_RATE, "value": bpm, "unit": "/min", "measured_at": at.isoformat(), "quality": 0.9}
    body = {"patient_id": str(patient), "device": device, "source": source, "vitals": [vital]}
    answer = client.http.post("/vitals", json=body)
    assert answer.status_code == 202, answer.text


def minutes_ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def opened(page: Page, patient: UUID, hours: int = 24) -> Locator:
    """The panel of the patient's page."""
    page.goto(f"/patients/{patient}?hours={hours}")
    return page.get_by_role("region", name="Heart rate", exact=True)


def expect_pictures(place: Locator, *said: str) -> None:
    """Every picture has arrived, and says what it shows."""
    for text in said:
        picture = place.get_by_role("img", name=re.compile(text))
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 100


def test_where_nothing_was_measured_the_page_says_how_to_get_a_value(page: Page, patient: UUID) -> None:
    panel = opened(page, patient)
    expect(panel).to_contain_text("No heart rate was measured in the last 24 hours. To get one, upload a video")
    expect(panel).to_contain_text("No video has been uploaded yet.")
    panel.get_by_role("link", name="1 h", exact=True).click()
    expect(panel).to_contain_text("in the last hour")
    expect_accessible(page)


def test_a_video_is_watched_from_its_upload_to_the_heart_rate(
    page: Page, client: PlatformClient, patient: UUID, tmp_path: Path
) -> None:
    clip = a_face_video(tmp_path / "face.mp4", a_scene(a_person(84.0, pulsation=0.01), duration_s=14.0))
    form = opened(page, patient).get_by_role("form", name="Read the heart rate from a video")
    form.get_by_label("Video of the face").set_input_files(clip)
    # The file says when it was written.
    expect(form.get_by_label("Recording began")).not_to_have_value("")
    form.get_by_label("Recording began").fill("2026-03-01T08:30:15")
    form.get_by_role("button", name="Upload video").click()
    page.wait_for_url("**/videos/*")
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    # No reload from here on: what follows arrives through the event stream.
    expect(page.get_by_text("Analysis finished")).to_be_visible()
    video = client.http.get(f"/videos/{page.url.rsplit('/', 1)[-1]}").json()
    report = video["reading"]["report"]
    assert abs(report["bpm"] - 84) < 2
    rate = page.get_by_role("region", name="Heart rate", exact=True)
    expect(rate).to_contain_text(f"{round(report['bpm'], 1):g} bpm")
    expect_pictures(page.locator("main"), "^Pulse wave of the last", "^Spectrum of the pulse", "^Heart rate over time")
    shown = page.evaluate("value => new Date(value).toISOString()", "2026-03-01T08:30:15")
    assert datetime.fromisoformat(video["recorded_at"]) == datetime.fromisoformat(shown)


def test_a_reading_is_shown_with_its_band_and_all_that_it_was_judged_by(
    page: Page, database: Database, artifacts: ArtifactStore, patient: UUID
) -> None:
    video = add_reading(database, artifacts, patient, an_estimate(72.4), minutes_ago(5))
    panel = opened(page, patient)
    row = panel.get_by_role("table", name="Videos, the newest first").get_by_role("row").nth(1)
    expect(row).to_contain_text("72.4 bpm (70 to 74 bpm)")
    row.get_by_role("link").click()
    page.wait_for_url(f"**/videos/{video.id}")
    rate = page.get_by_role("region", name="Heart rate", exact=True)
    for text in ("72.4 bpm", "95 % band 70 to 74 bpm", "Confidence 96 %"):
        expect(rate).to_contain_text(text)
    expect(page.get_by_role("region", name="Breathing rate")).to_contain_text("14.2 per minute")
    variability = page.get_by_role("region", name="Heart rate variability")
    expect(variability).to_contain_text("Withheld. Too few beats were seen. Record at least a minute.")
    expect_pictures(
        page.get_by_role("region", name="Plots"),
        "Pulse wave of the last 20 of 60 seconds: about 24 beats",
        "highest peak at 72.5 bpm; the rate is marked at 72.4 bpm",
        "45 of 50 seconds are believed",
    )
    methods = page.get_by_role("region", name="Methods")
    expect(methods).to_contain_text("for comparison, not gated")
    expect(methods.get_by_role("row").filter(has_text="GREEN")).to_contain_text("144.8 bpm")
    page.get_by_text("Quality", exact=True).click()
    expect(page.get_by_role("table", name="Figures of quality")).to_contain_text("Face in sight")
    expect(page.locator("main").get_by_text("Research use only — no medical device.")).to_be_visible()
    expect_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Spectrum as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_rate_that_is_withheld_says_why_and_what_to_do_and_shows_no_number(
    page: Page, database: Database, artifacts: ArtifactStore, patient: UUID
) -> None:
    video = add_reading(database, artifacts, patient, withheld(Reason.MOTION), minutes_ago(5))
    panel = opened(page, patient)
    expect(panel).to_contain_text("Withheld: The head moved too much.")
    expect(panel).to_contain_text("No heart rate was measured in the last 24 hours.")
    page.goto(f"/videos/{video.id}")
    rate = page.get_by_role("region", name="Heart rate", exact=True)
    expect(rate).to_contain_text("Heart rate: withheld")
    expect(rate).to_contain_text("Record again with the head at rest and the camera fixed.")
    expect(rate).to_contain_text("Code motion, confidence 21 %")
    expect(rate).not_to_contain_text("bpm")
    expect(page.get_by_role("img", name=re.compile("the rate is withheld"))).to_be_visible()
    expect_accessible(page)


def test_a_video_that_cannot_be_read_says_so_by_name_and_never_looks_like_a_reading(
    page: Page, client: PlatformClient, patient: UUID, tmp_path: Path
) -> None:
    blink = plain_video(tmp_path / "blink.mkv", steady_times(30), size=(160, 120))
    form = opened(page, patient).get_by_role("form", name="Read the heart rate from a video")
    form.get_by_label("Video of the face").set_input_files(
        {"name": "letter.mp4", "mimeType": "video/mp4", "buffer": b"no pictures in here"}
    )
    form.get_by_role("button", name="Upload video").click()
    expect(form.get_by_role("alert")).to_contain_text("nothing was analysed")
    form.get_by_label("Video of the face").set_input_files(blink)
    expect(form.get_by_role("alert")).to_have_count(0)
    form.get_by_role("button", name="Upload video").click()
    page.wait_for_url("**/videos/*")
    refusal = page.get_by_role("alert").filter(has_text="Not analysed: this video was refused")
    expect(refusal).to_contain_text("This says nothing of the heart rate")
    expect(refusal).to_contain_text("Code video_too_short")
    video_id = page.url.rsplit("/", 1)[-1]
    error = client.http.get(f"/videos/{video_id}").json()["job"]["error"]
    expect(refusal).to_contain_text(error["detail"])
    expect(page.get_by_role("region", name="Heart rate", exact=True)).to_have_count(0)
    expect_accessible(page)

    page.goto("/jobs?state=refused")
    job = page.get_by_role("row").filter(has=page.locator(f'a[href="/videos/{video_id}"]'))
    expect(job).to_contain_text("Video of the face")
    page.goto("/jobs")
    job.get_by_role("link").click()
    page.wait_for_url(f"**/videos/{video_id}")


def test_what_devices_send_arrives_while_one_watches_and_a_gap_stays_one(
    page: Page, client: PlatformClient, patient: UUID
) -> None:
    panel = opened(page, patient)
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    expect(panel).to_contain_text("No heart rate was measured")
    for minutes in (190, 189, 40, 39, 38, 2):
        measured(client, patient, minutes_ago(minutes), 60 + minutes / 10, "monitor", "bed-4")
    latest = panel.get_by_role("region", name="Latest heart rate")
    expect(latest).to_contain_text("60.2 bpm")
    expect(latest).to_contain_text(re.compile(r"95 % band \d\d to \d\d bpm"))
    expect(panel.get_by_role("region", name="Sources").get_by_role("row").nth(1)).to_contain_text("bed-4")
    chart = panel.get_by_role("img", name=re.compile("over the last 24 hours: 60 to 79 bpm; measured in 6 of 1440"))
    # Two stretches, and one minute alone.
    expect(chart.locator("path.line")).to_have_count(2)
    expect(chart.locator("circle.dot")).to_have_count(1)
    panel.get_by_role("link", name="1 h", exact=True).click()
    expect(panel.get_by_role("img", name=re.compile("measured in 4 of 60 minutes"))).to_be_visible()
    panel.get_by_text("Figures", exact=True).click()
    expect(panel.get_by_role("row").filter(has_text="60.2 bpm").last).to_be_visible()
    expect_accessible(page)


def test_sources_that_contradict_each_other_are_each_shown_and_never_averaged(
    page: Page, client: PlatformClient, database: Database, artifacts: ArtifactStore, patient: UUID
) -> None:
    # All within one minute of the clock.
    at = minutes_ago(5).replace(second=0, microsecond=0)
    panel = opened(page, patient)
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    add_reading(database, artifacts, patient, an_estimate(72.4), at)
    measured(client, patient, at + timedelta(seconds=20), 118, "wearable", "watch-1")
    latest = panel.get_by_role("alert").filter(has_text="Sources disagree")
    expect(latest).to_contain_text("Sources disagree by 45.6 bpm")
    expect(latest).to_contain_text("None of these is taken for right.")
    expect(latest.get_by_role("listitem")).to_have_count(2)
    for text in ("72.4 bpm Camera", "118 bpm Wearable"):
        expect(latest.get_by_role("listitem").filter(has_text=text)).to_be_visible()
    fused: dict[str, Any] = client.http.get(f"/patients/{patient}/heart-rate").json()
    assert fused["latest"]["disagrees"]
    chart = panel.get_by_role("img", name=re.compile("sources disagree in 1 minute"))
    expect(chart.locator(".apart path")).to_have_count(2)
    expect(chart.locator("path.line, circle.dot")).to_have_count(0)
    expect_accessible(page)


@pytest.mark.parametrize("size", [NARROW, {"width": 1280, "height": 800}], ids=["narrow", "wide"])
def test_nothing_is_cut_off_on_a_telephone_or_a_desk(
    page: Page,
    client: PlatformClient,
    database: Database,
    artifacts: ArtifactStore,
    patient: UUID,
    size: Any,
) -> None:
    page.set_viewport_size(size)
    video = add_reading(database, artifacts, patient, an_estimate(72.4), minutes_ago(5))
    measured(client, patient, minutes_ago(3), 74, "wearable", "watch-1")
    panel = opened(page, patient)
    expect(panel.get_by_role("region", name="Latest heart rate")).to_contain_text("74 bpm")
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/videos/{video.id}")
    expect_pictures(page.locator("main"), "^Pulse wave", "^Spectrum", "^Heart rate over time")
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_viewer_reads_the_heart_rate_but_is_offered_no_upload(
    visitor: Page, client: PlatformClient, database: Database, artifacts: ArtifactStore, patient: UUID
) -> None:
    add_reading(database, artifacts, patient, an_estimate(72.4), minutes_ago(5))
    visitor.goto(f"/patients/{patient}")
    sign_in(visitor, *a_viewer(client))
    panel = visitor.get_by_role("region", name="Heart rate", exact=True)
    expect(panel.get_by_role("region", name="Latest heart rate")).to_contain_text("72.4 bpm")
    expect(panel.get_by_role("button", name="Upload video")).to_have_count(0)
    expect(panel.get_by_role("form")).to_have_count(0)
