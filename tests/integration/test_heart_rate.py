"""A video of a face becomes a heart rate, a vital sign and a risk: on both pairs, in real processes, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.face_videos import a_face_video, a_person, a_scene, plain_video, sound_alone, steady_times
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.servers import wait_until

BPM, CLIP_S = 84.0, 14.0


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        "alive": a_face_video(folder / "alive.mp4", a_scene(a_person(BPM, pulsation=0.01), duration_s=CLIP_S)),
        "wall": plain_video(folder / "wall.mkv", steady_times(240), size=(160, 120)),
        "voice": sound_alone(folder / "voice.mov"),
    }


@pytest.fixture(scope="module")
def patient(client: PlatformClient) -> dict[str, Any]:
    return client.add_patient()


def read(client: PlatformClient, patient: dict[str, Any], clip: Path, **query: str) -> dict[str, Any]:
    """The video, once its job has ended."""
    accepted = client.film(patient["id"], clip, **query)
    client.wait_for(accepted["job"]["id"], patience_s=240)
    return client.video(accepted["video"]["id"])


def plots(video: dict[str, Any]) -> dict[str, str | None]:
    """Where the plots of its reading are, by role."""
    return {role: link for role, link in video["reading"]["links"].items() if role.endswith(("png", "svg"))}


def test_a_face_gives_its_rate_which_is_a_vital_sign_and_asks_for_the_risk(
    client: PlatformClient, patient: dict[str, Any], clips: dict[str, Path]
) -> None:
    recorded_at = datetime.now(UTC) - timedelta(minutes=2)
    video = read(client, patient, clips["alive"], recorded_at=recorded_at.isoformat(), source="bed 4")
    assert video["job"]["state"] == "succeeded", video["job"]
    report = video["reading"]["report"]
    assert report["bpm"] == pytest.approx(BPM, abs=1)
    assert report["reason"] is None
    [vital] = client.vitals(patient["id"])
    assert (vital["source"], vital["device"], vital["kind"]) == ("rppg", "bed 4", "8867-4")
    assert (vital["value"], vital["quality"]) == (round(report["bpm"], 1), report["confidence"])
    measured_at = datetime.fromisoformat(vital["measured_at"])
    assert (measured_at - recorded_at).total_seconds() == pytest.approx(CLIP_S / 2, abs=0.1)
    wait_until(lambda: bool(client.risks(patient["id"])), "the vital sign is assessed", 120)


def test_its_plots_are_served_as_they_were_drawn(client: PlatformClient, patient: dict[str, Any]) -> None:
    [video] = client.http.get(f"/patients/{patient['id']}/videos").json()["items"]
    links = plots(video)
    assert len(links) == 6
    for role, link in links.items():
        answer = client.http.get(str(link).removeprefix("/api/v1"))
        assert answer.content.startswith(b"\x89PNG" if role.endswith("png") else b"<?xml")


def test_a_wall_is_a_reading_that_says_so_and_sound_is_refused(
    client: PlatformClient, patient: dict[str, Any], clips: dict[str, Path]
) -> None:
    wall = read(client, patient, clips["wall"])
    assert wall["job"]["state"] == "succeeded"
    report = wall["reading"]["report"]
    assert (report["bpm"], report["reason"]) == (None, "no_face")
    assert set(plots(wall).values()) == {None}
    voice = read(client, patient, clips["voice"])
    assert (voice["job"]["state"], voice["job"]["error"]["code"], voice["reading"]) == ("refused", "audio_only", None)
    assert len(client.vitals(patient["id"])) == 1


@pytest.fixture
def without_face_model(tmp_path: Path) -> Iterator[PlatformProcesses]:
    """A platform for which nobody has fetched the face detector; what fails is not tried again."""
    url, missing = f"sqlite:///{tmp_path / 'platform.sqlite3'}", str(tmp_path / "nothing-fetched")
    processes = PlatformProcesses(tmp_path, url, "memory://", models_directory=missing, job_max_attempts="1")
    yield processes
    processes.stop_all()


def test_without_the_face_model_the_embedded_platform_works_and_the_job_says_what_to_do(
    without_face_model: PlatformProcesses, clips: dict[str, Path]
) -> None:
    without_face_model.start_embedded()
    client = without_face_model.client()
    job = read(client, client.add_patient(), clips["wall"])["job"]
    assert (job["state"], job["error"]["code"]) == ("failed", "face_model_missing")
    assert "python -m services.heart_rate fetch-models" in job["error"]["detail"]
    log = (without_face_model.directory / "platform.log").read_text()
    assert '"event": "models_not_loaded"' in log


def test_without_the_face_model_a_worker_ends_and_says_what_to_do(without_face_model: PlatformProcesses) -> None:
    process = without_face_model.start_worker("services.heart_rate")
    wait_until(lambda: process.poll() is not None, "the worker ends", 120)
    assert process.returncode == 2
    assert "python -m services.heart_rate fetch-models" in without_face_model.logs()
