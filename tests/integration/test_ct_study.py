"""A head CT goes in, a haemorrhage report comes out: on both pairs, through real processes, over HTTP."""

import gzip
import io
import json
import threading
from typing import Any

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from tests.fixtures.platform import PlatformClient
from tests.fixtures.studies import bleeding_head_zip, small_head_zip, true_haematoma_ml


@pytest.fixture(scope="module")
def finished(client: PlatformClient) -> dict[str, Any]:
    """The job of a bleeding head, after it has ended."""
    job = client.submit([("study.zip", bleeding_head_zip())], priority="stat")
    return client.wait_for(job["id"])


@pytest.fixture(scope="module")
def finding(client: PlatformClient, finished: dict[str, Any]) -> dict[str, Any]:
    assert finished["state"] == "succeeded", finished
    findings = client.findings(finished["study_id"])
    assert len(findings) == 1
    return findings[0]


def test_the_measured_volume_is_within_15_percent_of_the_true_one(finding: dict[str, Any]) -> None:
    assert finding["report"]["haematoma_ml"] == pytest.approx(true_haematoma_ml(), rel=0.15)


def test_the_mask_and_the_volume_lie_on_one_grid_and_give_the_reported_millilitres(
    client: PlatformClient, finding: dict[str, Any]
) -> None:
    images = {}
    for name in ("mask", "volume"):
        answer = client.http.get(f"/findings/{finding['id']}/{name}.nii.gz")
        assert answer.status_code == 200
        images[name] = nibabel.Nifti1Image.from_bytes(gzip.decompress(answer.content))
    mask, volume = images["mask"], images["volume"]
    assert mask.shape == volume.shape
    assert np.allclose(mask.affine, volume.affine)
    voxel_ml = abs(np.linalg.det(mask.affine[:3, :3])) / 1000
    measured = np.count_nonzero(np.asarray(mask.dataobj) == 1) * voxel_ml
    assert measured == pytest.approx(finding["report"]["haematoma_ml"], rel=0.01)


def test_the_preview_is_a_png(client: PlatformClient, finding: dict[str, Any]) -> None:
    answer = client.http.get(f"/findings/{finding['id']}/preview.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_the_dicom_objects_speak_of_the_same_bleed(client: PlatformClient, finding: dict[str, Any]) -> None:
    objects = {}
    for role in ("segmentation", "structured_report", "secondary_capture"):
        answer = client.http.get(f"/findings/{finding['id']}/{role}.dcm")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/dicom")
        objects[role] = dcmread(io.BytesIO(answer.content))
        assert objects[role].StudyInstanceUID == finding["report"]["study_instance_uid"]
    segmentation = objects["segmentation"]
    haematoma = segmentation.SegmentSequence[0]
    assert haematoma.TrackingUID == finding["report"]["tracking_uid"]
    assert haematoma.SegmentAlgorithmName == finding["model"]["name"]
    measures = segmentation.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    voxel_ml = float(np.prod(measures.PixelSpacing)) * measures.SpacingBetweenSlices / 1000
    frames = segmentation.pixel_array[: finding["report"]["geometry"]["slices"]]
    assert frames.sum() * voxel_ml == pytest.approx(finding["report"]["haematoma_ml"], rel=0.001)


def test_a_bleed_raises_one_critical_alert(client: PlatformClient, finding: dict[str, Any]) -> None:
    alerts = [alert for alert in client.alerts() if alert["study_id"] == finding["study_id"]]
    assert [(alert["code"], alert["level"]) for alert in alerts] == [("haemorrhage_suspected", "critical")]


def test_the_browser_is_told_every_step_in_order(client: PlatformClient) -> None:
    events: list[dict[str, Any]] = []
    listening = threading.Event()

    def listen() -> None:
        with client.http.stream("GET", "/events", timeout=120) as stream:
            listening.set()
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    events.append(json.loads(line.removeprefix("data:")))
                    if events[-1]["type"] in ("job.succeeded", "job.refused", "job.failed"):
                        return

    listener = threading.Thread(target=listen)
    listener.start()
    assert listening.wait(20)
    job = client.submit([("study.zip", small_head_zip())])
    client.wait_for(job["id"])
    listener.join(60)
    # The risk of an earlier test's patient may be told in between.
    told = [event["type"] for event in events if event["study_id"] == job["study_id"]]
    steps = [kind for kind in told if kind != "job.progress"]
    assert steps[:3] == ["study.created", "job.queued", "job.running"]
    assert "job.progress" in told
    assert told[-1] in ("job.succeeded", "job.refused")


def test_an_interrupted_stream_goes_on_where_it_stopped(client: PlatformClient, finding: dict[str, Any]) -> None:
    assert finding

    def ids(after: int, count: int) -> list[int]:
        seen: list[int] = []
        with client.http.stream("GET", "/events", headers={"Last-Event-ID": str(after)}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    seen.append(json.loads(line.removeprefix("data:"))["id"])
                if len(seen) == count:
                    break
        return seen

    whole = ids(0, 8)
    assert whole == list(range(whole[0], whole[0] + 8))
    assert ids(whole[2], 5) == whole[3:]


def test_a_repeated_upload_with_the_same_key_is_one_study(client: PlatformClient) -> None:
    patient = client.add_patient()

    def upload(content: bytes) -> Any:
        return client.http.post(
            f"/patients/{patient['id']}/studies",
            files=[("file", ("study.zip", content))],
            headers={"Idempotency-Key": f"once-{patient['id']}"},
        )

    first, second = upload(small_head_zip()), upload(small_head_zip())
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(client.http.get(f"/patients/{patient['id']}/studies").json()["items"]) == 1
    other = upload(bleeding_head_zip())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_the_audit_chain_is_whole_after_all_this(client: PlatformClient, finding: dict[str, Any]) -> None:
    assert finding
    verification = client.http.get("/audit/verification").json()
    assert verification["intact"] is True
    assert verification["entries"] > 0
