from pathlib import Path

import numpy as np
import pytest

from services.heart_rate.evaluation.data_sets import READERS, judge
from services.heart_rate.evaluation.datasets.recording import DatasetLayoutError, DatasetRecording, risen, wave_rate
from services.heart_rate.generated.scenes import Scene
from tests.fixtures.face_videos import face_detector
from tests.fixtures.heart_rate_datasets import a_subject, write_mmpd, write_pure, write_ubfc_1, write_ubfc_2

BPM = 84.0


@pytest.fixture(scope="module")
def scene() -> Scene:
    return a_subject(BPM)


def only(dataset: str, folder: Path) -> DatasetRecording:
    (recording,) = READERS[dataset](folder)
    return recording


def holds(recording: DatasetRecording) -> None:
    """Both sides are read, and agree with what was painted."""
    assert recording.true_bpm() == pytest.approx(BPM, abs=0.5)
    traces = recording.read(face_detector())
    assert len(traces) == 240
    assert np.isfinite(traces.rgb).all()
    green = traces.rgb[:, :, 1].mean(axis=0)
    assert wave_rate(traces.times_s, green) == pytest.approx(BPM, abs=2)


def test_ubfc_dataset_2_is_read_and_judged(tmp_path: Path, scene: Scene) -> None:
    write_ubfc_2(tmp_path, "subject1", scene)
    recording = only("ubfc", tmp_path)
    assert (recording.name, recording.person) == ("subject1", "subject1")
    holds(recording)
    case = judge(recording, "ubfc", face_detector())
    assert case.group == "ubfc"
    assert case.candidate == pytest.approx(BPM, abs=2)
    assert not case.wrong


def test_ubfc_dataset_1_is_read(tmp_path: Path, scene: Scene) -> None:
    write_ubfc_1(tmp_path, "5-gt", scene)
    holds(only("ubfc", tmp_path))


def test_pure_is_read_with_its_nanoseconds_and_its_tasks(tmp_path: Path, scene: Scene) -> None:
    write_pure(tmp_path, "03-04", scene)
    recording = only("pure", tmp_path)
    assert (recording.person, recording.condition) == ("03", "fast_translation")
    holds(recording)


def test_mmpd_is_read_with_its_circumstances(tmp_path: Path, scene: Scene) -> None:
    write_mmpd(tmp_path, 2, 0, scene)
    recording = only("mmpd", tmp_path)
    assert (recording.name, recording.person) == ("subject2/p2_0", "subject2")
    assert recording.condition == "LED-low, Stationary, skin 3"
    holds(recording)


@pytest.mark.parametrize("dataset", READERS)
def test_a_folder_of_something_else_is_refused(dataset: str, tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(DatasetLayoutError, match="give the folder"):
        list(READERS[dataset](tmp_path))


def test_a_missing_or_broken_contact_sensor_is_refused(tmp_path: Path) -> None:
    subject = tmp_path / "subject1"
    subject.mkdir()
    (subject / "vid.avi").touch()
    with pytest.raises(DatasetLayoutError, match="neither"):
        only("ubfc", tmp_path).true_bpm()
    (subject / "ground_truth.txt").write_text("1 2 3\n")
    with pytest.raises(DatasetLayoutError, match="1 lines"):
        only("ubfc", tmp_path).true_bpm()
    (subject / "ground_truth.txt").write_text("1 2 3\n4 5 6\n7 8\n")
    with pytest.raises(DatasetLayoutError, match="3 samples at 2 times"):
        only("ubfc", tmp_path).true_bpm()
    entry = tmp_path / "01-01"
    entry.mkdir()
    (entry / "01-01.json").write_text('{"/Image": []}')
    with pytest.raises(DatasetLayoutError, match="oximeter"):
        only("pure", tmp_path).true_bpm()
    with pytest.raises(DatasetLayoutError, match="no Image"):
        only("pure", tmp_path).read(face_detector())


def test_a_clock_that_stands_still_or_steps_back_is_skipped() -> None:
    times, wave = risen(np.array([0, 1, 1, 0.5, 2, 3.0]), np.arange(6.0))
    assert times.tolist() == [0, 1, 2, 3]
    assert wave.tolist() == [0, 1, 4, 5]
