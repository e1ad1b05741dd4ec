import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from services.heart_rate.pipeline import MODEL_VERSION, VideoReading, read_video
from shared.contracts.heart_rate import HeartRateReport, Reason
from shared.errors import InputRefusedError
from tests.fixtures.face_videos import (
    a_face_video,
    a_person,
    a_scene,
    face_detector,
    plain_video,
    sound_alone,
    steady_times,
)


class Heard(list[tuple[float, str]]):
    """What a pipeline reports."""

    def __call__(self, share: float, stage: str) -> None:
        self.append((share, stage))


def read(path: Path) -> tuple[VideoReading, Heard]:
    heard = Heard()
    return read_video(path, face_detector(), heard), heard


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = a_scene(a_person(84.0, pulsation=0.01), duration_s=14.0)
    return a_face_video(tmp_path_factory.mktemp("clips") / "alive.mp4", scene)


def test_a_living_face_gives_its_rate_with_every_picture(alive: Path) -> None:
    reading, _ = read(alive)
    assert reading.report.bpm == pytest.approx(84.0, abs=1)
    assert reading.report.reason is None
    assert reading.duration_s == pytest.approx(14.0, abs=0.1)
    drawn = {f"{name}_{form}" for name in ("pulse", "spectrum", "trend") for form in ("png", "svg")}
    assert set(reading.pictures) == drawn
    for role, picture in reading.pictures.items():
        if role.endswith("png"):
            assert (picture.content[:4], picture.media_type) == (b"\x89PNG", "image/png")
        else:
            assert ElementTree.fromstring(picture.content).tag.endswith("svg")
            assert picture.media_type == "image/svg+xml"


def test_the_report_fits_its_contract_and_hides_the_candidate(tmp_path: Path) -> None:
    photograph = a_face_video(tmp_path / "photograph.mp4", a_scene(a_person(pulsation=0.0), duration_s=14.0))
    reading, _ = read(photograph)
    assert reading.report.bpm is None
    assert reading.report.reason is not None
    assert type(reading.report) is HeartRateReport
    written = reading.report.model_dump_json()
    assert "candidate" not in written
    assert HeartRateReport.model_validate(json.loads(written)) == reading.report
    assert len(reading.pictures) == 6  # what was seen is shown, though nothing is said


def test_a_video_without_a_face_is_a_reading_and_has_no_pictures(tmp_path: Path) -> None:
    wall = plain_video(tmp_path / "wall.mkv", steady_times(240), size=(160, 120))
    reading, _ = read(wall)
    assert (reading.report.bpm, reading.report.reason) == (None, Reason.NO_FACE)
    assert reading.report.confidence == 0
    assert reading.pictures == {}


def test_a_file_without_a_picture_is_refused_by_its_code(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError) as refused:
        read(sound_alone(tmp_path / "voice.wav"))
    assert refused.value.code == "audio_only"


def test_progress_rises_through_the_stages(alive: Path) -> None:
    _, heard = read(alive)
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] < 1
    assert list(dict.fromkeys(stage for _, stage in heard)) == ["reading", "estimating", "drawing"]


@pytest.mark.parametrize("stage", ["reading", "estimating", "drawing"])
def test_what_hears_of_progress_may_end_the_reading(alive: Path, stage: str) -> None:
    class DeadlineError(Exception):
        pass

    def stop(_share: float, reached: str) -> None:
        if reached == stage:
            raise DeadlineError

    with pytest.raises(DeadlineError):
        read_video(alive, face_detector(), stop)


def test_the_version_names_the_fit_of_the_confidence() -> None:
    version, fit = MODEL_VERSION.split("+")
    assert all(part.isdecimal() for part in version.split("."))
    assert len(fit) == 8
    assert len(MODEL_VERSION) <= 32  # as the table has it
