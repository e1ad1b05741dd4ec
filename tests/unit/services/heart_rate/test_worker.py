"""One video from its row to its reading, on both databases: what is written, told and asked for, and how often."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from services.heart_rate import worker
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.pipeline import MODEL_NAME, MODEL_VERSION, VideoReading
from services.heart_rate.result import nothing
from services.heart_rate.writing import write_reading
from shared.artifacts.store import ArtifactStore
from shared.contracts.heart_rate import HeartRateReport, Reason, Trend
from shared.contracts.names import JobKind, Queue
from shared.contracts.states import EventType, JobState
from shared.contracts.vitals import VitalKind, VitalSource
from shared.database.engine import Database
from shared.database.tables import Alert, Event, HeartRateReading, Job, Video, Vital
from tests.fixtures.face_videos import a_face_video, a_person, a_scene, plain_video, sound_alone, steady_times
from tests.fixtures.video_jobs import HeartRateWorker, VideoPatient

CLIP_S = 14.0


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {
        "alive": a_face_video(folder / "alive.mp4", a_scene(a_person(84.0, pulsation=0.01), duration_s=CLIP_S)),
        "wall": plain_video(folder / "wall.mkv", steady_times(240), size=(160, 120)),
        "voice": sound_alone(folder / "voice.wav"),
    }


@pytest.fixture
def patient(database: Database, artifacts: ArtifactStore) -> VideoPatient:
    return VideoPatient(database, artifacts)


def worked_on(patient: VideoPatient, job_id: UUID, times: int = 1, **handler: Any) -> Job:
    worker = HeartRateWorker(patient.database, patient.artifacts, **handler)
    for _ in range(times):
        job = worker.run(job_id)
    return job


def count(patient: VideoPatient, table: Any, *where: Any) -> int:
    with patient.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def assessments(patient: VideoPatient) -> int:
    return count(patient, Job, Job.kind == JobKind.RISK_ASSESS)


def told(patient: VideoPatient, event: EventType) -> list[dict[str, Any]]:
    with patient.database.reading() as session:
        return list(session.scalars(select(Event.payload).where(Event.type == event).order_by(Event.id)))


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("dhn_heart_rate_readings_total", {"outcome": outcome}) or 0.0


def test_a_living_face_becomes_a_reading_a_vital_sign_and_an_assessment_once(
    patient: VideoPatient, clips: dict[str, Path]
) -> None:
    video, before = patient.filmed(clips["alive"]), counted("given")
    job = worked_on(patient, patient.asked_for(video), times=2)  # the message is delivered twice
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1), job.error_detail
    [row] = patient.readings()
    assert (row.job_id, row.video_id) == (job.id, video.id)
    assert (row.model_name, row.model_version) == (MODEL_NAME, MODEL_VERSION)
    report = HeartRateReport.model_validate(row.report)
    assert report.bpm == pytest.approx(84.0, abs=1)
    for role, ref in row.artifacts.items():
        assert patient.artifacts.open(ref["digest"]).read(5) == (b"\x89PNG\r" if role.endswith("png") else b"<?xml")
    assert len(row.artifacts) == 6
    [vital] = patient.vitals()
    assert (vital.source, vital.device, vital.kind) == (VitalSource.RPPG, "bed 4", VitalKind.HEART_RATE)
    assert (vital.value, vital.unit) == (round(report.bpm or 0, 1), "/min")
    assert vital.quality == report.confidence
    assert vital.measured_at == vital.device_time
    assert (vital.measured_at - video.recorded_at).total_seconds() == pytest.approx(CLIP_S / 2, abs=0.1)
    assert assessments(patient) == 1
    [event] = told(patient, EventType.HEART_RATE_CREATED)
    said = {"bpm": report.bpm, "confidence": report.confidence, "reason": None}
    assert event == {"reading_id": str(row.id), "video_id": str(video.id), **said}
    assert told(patient, EventType.VITALS_STORED) == [{"stored": 1}]
    assert counted("given") == before + 1


def test_a_video_without_a_face_is_a_reading_that_says_so_and_no_vital_sign(
    patient: VideoPatient, clips: dict[str, Path]
) -> None:
    before = counted("no_face")
    job = worked_on(patient, patient.asked_for(patient.filmed(clips["wall"])))
    assert job.state == JobState.SUCCEEDED
    [row] = patient.readings()
    assert (row.report["bpm"], row.report["reason"], row.artifacts) == (None, "no_face", {})
    assert patient.vitals() == []
    assert assessments(patient) == 0
    assert [(event["bpm"], event["reason"]) for event in told(patient, EventType.HEART_RATE_CREATED)] == [
        (None, "no_face")
    ]
    assert counted("no_face") == before + 1


def test_sound_alone_is_refused_by_its_code_and_leaves_nothing(patient: VideoPatient, clips: dict[str, Path]) -> None:
    job = worked_on(patient, patient.asked_for(patient.filmed(clips["voice"])))
    assert (job.state, job.error_code, job.attempts) == (JobState.REFUSED, "audio_only", 1)
    assert (patient.readings(), patient.vitals(), assessments(patient)) == ([], [], 0)


def test_a_missing_face_model_fails_the_attempt_with_the_command_that_fetches_it(
    patient: VideoPatient, clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "detector", partial(FaceDetector.load, tmp_path / "nowhere"))
    job = worked_on(patient, patient.asked_for(patient.filmed(clips["alive"])))
    assert (job.state, job.error_code) == (JobState.QUEUED, "face_model_missing")
    assert "python -m services.heart_rate fetch-models" in (job.error_detail or "")


def of_three_minutes(second_minute: float | None) -> VideoReading:
    """A reading of 170 s: 60 bpm in the first minute, then ``second_minute``, then 80."""
    times = tuple(float(second) for second in range(5, 166))
    bpm = tuple((60.0, second_minute, 80.0)[int(time // 60)] for time in times)
    trend = Trend(times_s=times, bpm=bpm, low=bpm, high=bpm, confidence=(0.9,) * len(times))
    said = nothing(Reason.MOTION).model_copy(update={"bpm": 69.0, "confidence": 0.9, "reason": None, "trend": trend})
    return VideoReading(said.report(), 170.0, {})


def test_a_long_video_has_a_vital_sign_for_each_believed_minute(patient: VideoPatient, clips: dict[str, Path]) -> None:
    video = patient.filmed(clips["wall"])
    result = partial(_writes, reading=of_three_minutes(None), video=video)
    assert worked_on(patient, patient.asked_for(video), handler=result).state == JobState.SUCCEEDED
    assert [(vital.value, vital.measured_at - video.recorded_at) for vital in patient.vitals()] == [
        (60.0, timedelta(seconds=30)),
        (80.0, timedelta(seconds=145)),
    ]


def test_nothing_was_measured_after_the_video_had_arrived(patient: VideoPatient, clips: dict[str, Path]) -> None:
    """Its sender did not say when it was recorded; the gateway then takes its arrival."""
    video = patient.filmed(clips["wall"], s_ago=0.0)
    result = partial(_writes, reading=of_three_minutes(70.0), video=video)
    worked_on(patient, patient.asked_for(video), handler=result)
    assert [video.created_at - vital.measured_at for vital in patient.vitals()] == [
        timedelta(seconds=170 - at) for at in (30, 90, 145)
    ]


def test_a_video_read_again_adds_only_the_minutes_that_were_missing(
    patient: VideoPatient, clips: dict[str, Path]
) -> None:
    video = patient.filmed(clips["wall"])
    for second_minute in (None, 70.0, 75.0):
        result = partial(_writes, reading=of_three_minutes(second_minute), video=video)
        assert worked_on(patient, patient.asked_for(video), handler=result).state == JobState.SUCCEEDED
    assert [vital.value for vital in patient.vitals()] == [60.0, 70.0, 80.0]
    assert count(patient, HeartRateReading) == 3
    assert told(patient, EventType.VITALS_STORED) == [{"stored": 2}, {"stored": 1}]
    assert assessments(patient) == 1  # one that is queued is enough


def test_a_video_that_contradicts_the_monitor_calls_for_a_person(patient: VideoPatient, clips: dict[str, Path]) -> None:
    video = patient.filmed(clips["wall"], s_ago=300.0)
    at = video.recorded_at + timedelta(seconds=145)  # of the last rate, which is 80
    row = {"kind": VitalKind.HEART_RATE, "value": 110.0, "unit": "/min", "measured_at": at, "device_time": at}
    monitor = Vital(patient_id=patient.id, device="monitor 4", source=VitalSource.MONITOR, **row)
    patient.database.write(lambda session: session.add(monitor))
    result = partial(_writes, reading=of_three_minutes(70.0), video=video)
    assert worked_on(patient, patient.asked_for(video), handler=result).state == JobState.SUCCEEDED
    assert [event["difference_bpm"] for event in told(patient, EventType.HEART_RATES_DISAGREE)] == [30]
    assert count(patient, Alert, Alert.code == "heart_rates_disagree") == 1


def _writes(running: Any, reading: VideoReading, video: Video) -> Any:
    """A handler that need not read a video of three minutes."""
    return partial(write_reading, running=running, video=video, reading=reading, pictures={})


def test_a_write_that_is_lost_at_its_end_leaves_nothing_and_comes_again(
    patient: VideoPatient, clips: dict[str, Path]
) -> None:
    video = patient.filmed(clips["wall"])
    job_id = patient.asked_for(video)

    def lost(running: Any) -> Any:
        def write(session: Any) -> None:
            write_reading(session, running, video, of_three_minutes(70.0), {})
            session.flush()
            raise ConnectionError("the database went away")

        return write

    assert worked_on(patient, job_id, handler=lost).state == JobState.QUEUED
    assert (count(patient, HeartRateReading), count(patient, Vital), assessments(patient)) == (0, 0, 0)
    result = partial(_writes, reading=of_three_minutes(70.0), video=video)
    assert worked_on(patient, job_id, handler=result).state == JobState.SUCCEEDED
    assert (count(patient, HeartRateReading), count(patient, Vital), assessments(patient)) == (1, 3, 1)


def test_the_service_drains_its_queue() -> None:
    service = worker.service()
    assert service.queues == (Queue.HEART_RATE,)
    assert set(service.handlers) == {JobKind.HEART_RATE_ESTIMATE}
