"""Every kind of bad input gets its own code, and leaves nothing half-stored."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.ct_segmentation.reading.study_files import StudyFile
from tests.fixtures import bad_studies
from tests.fixtures.platform import PlatformClient, PlatformProcesses

Build = Callable[[], list[StudyFile]]

# What the gateway sees from the bytes alone is refused at once: no row, no file.
REFUSED_AT_THE_DOOR: dict[Build, tuple[int, str]] = {
    bad_studies.empty_file: (422, "file_empty"),
    bad_studies.nifti_of_0_bytes: (422, "nifti_empty"),
    bad_studies.zip_bomb: (422, "archive_too_large"),
    bad_studies.zip_slip: (422, "archive_unsafe_path"),
    bad_studies.renamed_pdf: (415, "unsupported_file_type"),
}
# What only reading the images shows ends the job as refused: stored with its reason, no finding.
REFUSED_BY_THE_WORKER: dict[Build, str] = {
    bad_studies.truncated_pixels: "dicom_truncated",
    bad_studies.chest_radiograph: "not_ct",
    bad_studies.mixed_series: "mixed_series",
    bad_studies.gap_over_5_mm: "slice_gap_too_large",
    bad_studies.duplicate_position: "duplicate_slice_position",
    bad_studies.missing_rescale: "missing_rescale",
    bad_studies.nifti_without_units: "nifti_units_missing",
}


def _files(build: Build) -> list[tuple[str, bytes]]:
    return [(file.name, file.open().read()) for file in build()]


def _stored(platform: PlatformProcesses) -> set[Path]:
    return {path for path in platform.artifacts.rglob("*") if path.is_file()}


@pytest.mark.parametrize("build", REFUSED_AT_THE_DOOR, ids=lambda build: build.__name__)
def test_the_door_refuses(client: PlatformClient, platform: PlatformProcesses, build: Build) -> None:
    before = _stored(platform)
    patient = client.add_patient()
    answer = client.http.post(f"/patients/{patient['id']}/studies", files=[("file", file) for file in _files(build)])
    assert (answer.status_code, answer.json()["code"]) == REFUSED_AT_THE_DOOR[build]
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.http.get(f"/patients/{patient['id']}/studies").json()["items"] == []
    assert _stored(platform) == before


@pytest.mark.parametrize("build", REFUSED_BY_THE_WORKER, ids=lambda build: build.__name__)
def test_the_worker_refuses_with_a_reason_and_an_alert(client: PlatformClient, build: Build) -> None:
    job = client.wait_for(client.submit(_files(build))["id"])
    assert (job["state"], job["error"]["code"]) == ("refused", REFUSED_BY_THE_WORKER[build])
    assert job["attempts"] == 1
    assert len(job["error"]["detail"]) > 20
    assert client.findings(job["study_id"]) == []
    alerts = [alert for alert in client.alerts() if alert["study_id"] == job["study_id"]]
    assert [alert["code"] for alert in alerts] == ["study_not_analysed"]


def test_every_reason_has_a_code_of_its_own() -> None:
    codes = [code for _, code in REFUSED_AT_THE_DOOR.values()] + list(REFUSED_BY_THE_WORKER.values())
    assert len(set(codes)) == len(codes) == 12
