"""What a person sees and does: the built page in a browser, before the real platform."""

import io
import json
from functools import cache
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import a_viewer, sign_in
from tests.fixtures.bad_studies import chest_radiograph
from tests.fixtures.dicom_series import DicomOptions, dicom_files, zip_of
from tests.fixtures.head_phantom import HeadPhantom
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.studies import small_head_zip

Upload = dict[str, Any]


@cache
def bleeding_head_zip() -> bytes:
    """A head with a 30 mL bleed at half the usual in-plane resolution: drawing it in software is four times faster."""
    phantom = HeadPhantom(pixels=256, row_spacing_mm=0.9, column_spacing_mm=0.9).volume
    return zip_of(dicom_files(phantom.hu, phantom.affine, DicomOptions()))


def zip_file(content: bytes) -> Upload:
    return {"name": "study.zip", "mimeType": "application/zip", "buffer": content}


def create_patient(page: Page, family_name: str) -> None:
    page.goto("/patients")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Medical record number").fill(uuid4().hex[:10])
    page.get_by_label("Family name").fill(family_name)
    page.get_by_label("Given name").fill("Test")
    page.get_by_label("Onset of symptoms").fill("2026-03-01T09:30")
    page.get_by_label("Hypertension").check()
    page.get_by_role("button", name="Create patient").click()
    page.get_by_role("heading", name=f"{family_name}, Test").wait_for()


def upload(page: Page, file: Upload, priority: str = "routine") -> None:
    page.get_by_label("CT series").set_input_files(file)
    page.get_by_label("Priority").select_option(priority)
    page.get_by_role("button", name="Upload and analyse").click()


def picture_of(element: Locator) -> NDArray[np.int16]:
    """Pixels as shown, int16 (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"), np.int16)


def red_pixels(picture: NDArray[np.int16]) -> int:
    return int(np.count_nonzero(picture[..., 0] - picture[..., 1:].max(axis=-1) > 50))


@pytest.fixture(scope="module")
def analysed(client: PlatformClient) -> dict[str, Any]:
    """The finding of a bleeding head that was analysed before the page opens."""
    job = client.wait_for(client.submit([("study.zip", bleeding_head_zip())])["id"])
    assert job["state"] == "succeeded", job
    return client.findings(job["study_id"])[0]


def test_who_has_not_signed_in_is_asked_to_and_then_led_on(visitor: Page, platform: PlatformProcesses) -> None:
    visitor.goto("/alerts")
    sign_in(visitor, "admin", "not the password")
    expect(visitor.get_by_role("alert")).to_contain_text("Sign-in failed")
    expect(visitor.get_by_text("Research use only — not a medical device.")).to_be_visible()
    sign_in(visitor, "admin", platform.password_file.read_text().strip())
    expect(visitor.get_by_role("heading", name="Alerts")).to_be_visible()


def test_a_session_that_ended_leads_back_to_the_sign_in_page(visitor: Page, platform: PlatformProcesses) -> None:
    visitor.goto("/")
    sign_in(visitor, "admin", platform.password_file.read_text().strip())
    visitor.get_by_role("heading", name="Patients").wait_for()
    visitor.context.clear_cookies()
    visitor.get_by_role("link", name="Analyses").click()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_head_ct_is_watched_from_upload_to_acknowledged_alert(page: Page, client: PlatformClient) -> None:
    create_patient(page, "Watched")
    expect(page.get_by_text("Hypertension")).to_be_visible()
    upload(page, zip_file(bleeding_head_zip()), priority="stat")
    page.wait_for_url("**/studies/*")
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    # No reload from here on: what follows arrives through the event stream.
    expect(page.get_by_text("Analysis finished")).to_be_visible()
    study_id = page.url.rsplit("/", 1)[-1]
    report = client.findings(study_id)[0]["report"]
    volumes = page.locator("section", has=page.get_by_role("heading", name="Volumes", exact=True)).last
    expect(volumes).to_contain_text(f"{report['haematoma_ml']:.1f} mL")
    expect(volumes).to_contain_text(f"{report['oedema_ml']:.1f} mL")
    expect(page.get_by_text("Haemorrhage suspected", exact=True).first).to_be_visible()

    toast = page.get_by_role("alert").filter(has_text="Haemorrhage suspected: haematoma")
    toast.get_by_role("link", name="Show alerts").click()
    alert = page.get_by_role("article").filter(has=page.locator(f'a[href="/studies/{study_id}"]'))
    alert.get_by_role("button", name="Acknowledge").click()
    page.get_by_label("Reason").fill("neurosurgeon called")
    page.get_by_role("button", name="Acknowledge alert").click()
    expect(alert).to_have_count(0)
    page.get_by_role("link", name="Acknowledged").click()
    expect(alert).to_contain_text("neurosurgeon called")


def test_the_viewer_paints_the_lesion_and_shows_the_plain_image_without(page: Page, analysed: dict[str, Any]) -> None:
    page.goto(f"/studies/{analysed['study_id']}")
    page.locator(".viewer-canvas[data-ready=true]").wait_for()
    canvas = page.get_by_label("CT volume with painted lesions")
    largest = analysed["report"]["largest_lesion_slice"]
    slices = analysed["report"]["geometry"]["slices"]
    expect(page.get_by_text(f"Slice {largest + 1} of {slices}")).to_be_visible()
    page.get_by_label("Opacity").fill("0.8")
    painted = picture_of(canvas)
    page.get_by_label("Show", exact=True).uncheck()
    plain = picture_of(canvas)
    assert red_pixels(painted) > 500
    assert red_pixels(plain) == 0
    assert plain.std() > 20  # a head, not an empty canvas
    page.get_by_label("Bone").check()
    assert picture_of(canvas).mean() < plain.mean()  # a wide window darkens the brain


def test_a_finding_is_downloaded_in_the_forms_of_other_systems(page: Page, analysed: dict[str, Any]) -> None:
    page.goto(f"/studies/{analysed['study_id']}")

    def downloaded(link: str) -> bytes:
        with page.expect_download() as download:
            page.get_by_role("link", name=link, exact=True).click()
        return download.value.path().read_bytes()

    assert json.loads(downloaded("FHIR"))["resourceType"] == "Bundle"
    assert downloaded("HL7").startswith(b"MSH|^~\\&|")
    for link in ("SEG", "SR", "capture"):
        assert downloaded(link)[128:132] == b"DICM"


def test_slices_are_reached_from_the_keyboard(page: Page, analysed: dict[str, Any]) -> None:
    page.goto(f"/studies/{analysed['study_id']}")
    page.locator(".viewer-canvas[data-ready=true]").wait_for()
    largest, slices = analysed["report"]["largest_lesion_slice"], analysed["report"]["geometry"]["slices"]
    page.get_by_role("slider", name="Slice").press("End")
    expect(page.get_by_text(f"Slice {slices} of {slices}")).to_be_visible()
    page.get_by_role("button", name="Largest lesion").press("Enter")
    expect(page.get_by_text(f"Slice {largest + 1} of {slices}")).to_be_visible()


def test_a_refused_study_says_why_and_never_looks_like_a_negative(page: Page, client: PlatformClient) -> None:
    create_patient(page, "Refused")
    upload(page, zip_file(zip_of(chest_radiograph())))
    page.wait_for_url("**/studies/*")
    refusal = page.get_by_role("alert").filter(has_text="Not analysed: this study was refused")
    expect(refusal).to_contain_text("This is not a negative finding")
    study_id = page.url.rsplit("/", 1)[-1]
    error = client.http.get(f"/studies/{study_id}").json()["job"]["error"]
    expect(refusal).to_contain_text(error["detail"])
    expect(refusal.get_by_role("button", name="Retry analysis")).to_be_visible()
    expect(page.get_by_role("heading", name="Volumes")).to_have_count(0)


def test_an_upload_that_is_not_taken_shows_the_reason(page: Page) -> None:
    create_patient(page, "Unsent")
    upload(page, {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"no images in here"})
    problem = page.get_by_role("alert").filter(has_text="nothing was analysed")
    expect(problem).to_contain_text("Code ")
    assert "/patients/" in page.url
    expect(page.get_by_text("No study has been uploaded yet.")).to_be_visible()


def test_a_retry_queues_the_study_again(page: Page, client: PlatformClient) -> None:
    job = client.wait_for(client.submit([("study.zip", zip_of(chest_radiograph()))])["id"], "refused")
    page.goto(f"/studies/{job['study_id']}")
    with page.expect_response(f"**/api/v1/jobs/{job['id']}/retry") as answered:
        page.get_by_role("button", name="Retry analysis").click()
    assert answered.value.status == 202
    assert answered.value.request.headers["idempotency-key"]


def test_a_viewer_reads_but_is_offered_nothing_to_change(visitor: Page, client: PlatformClient) -> None:
    job = client.submit([("study.zip", small_head_zip())])
    visitor.goto(f"/patients/{job['patient_id']}")
    sign_in(visitor, *a_viewer(client))
    expect(visitor.get_by_role("heading", name="Phantom, Test")).to_be_visible()
    expect(visitor.get_by_role("columnheader", name="Received")).to_be_visible()
    for offer in ("Edit", "Archive", "Upload and analyse"):
        expect(visitor.get_by_role("button", name=offer)).to_have_count(0)
    expect(visitor.get_by_role("link", name="Users")).to_have_count(0)


def test_an_administrator_lets_a_person_in_and_out_again(page: Page) -> None:
    page.goto("/users")
    page.get_by_role("button", name="New user").click()
    name = f"clinician-{uuid4().hex[:8]}"
    page.get_by_label("User name").fill(name)
    page.get_by_label("Full name").fill("Clara Clinician")
    page.get_by_label("First password").fill("short")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_label("First password")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("First password").fill("long enough, this one")
    page.get_by_role("button", name="Create user").click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("active")
    row.get_by_role("button", name=f"Disable {name}").click()
    expect(row).to_contain_text("disabled")
