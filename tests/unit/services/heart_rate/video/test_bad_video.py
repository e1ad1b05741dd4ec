from pathlib import Path

import av
import numpy as np
import pytest

from services.heart_rate.sessions import traces_of
from shared.errors import PlatformError
from tests.fixtures.face_videos import face_detector, greys, plain_video, sound_alone, steady_times


def code_of(path: Path) -> str:
    with pytest.raises(PlatformError) as caught:
        traces_of(path, face_detector())
    assert caught.value.status == 422
    assert not caught.value.retryable
    assert ";" in caught.value.detail  # what is wrong; what to do
    assert path.name not in caught.value.detail  # names of files may be names of people
    return caught.value.code


def test_no_file_an_empty_file_and_no_video_at_all_are_unreadable(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.mp4", tmp_path / "letter.mp4"
    empty.touch()
    text.write_text("Dear doctor, " * 200)
    assert code_of(tmp_path / "nothing.mp4") == "video_unreadable"
    assert code_of(empty) == "video_unreadable"
    assert code_of(text) == "video_unreadable"


def test_a_file_cut_off_before_its_index_is_unreadable(tmp_path: Path) -> None:
    path = plain_video(tmp_path / "cut.mp4", steady_times(200), codec="libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "video_unreadable"


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert code_of(sound_alone(tmp_path / "voice.wav")) == "audio_only"


def test_subtitles_alone_are_no_video(tmp_path: Path) -> None:
    path = tmp_path / "words.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n\n")
    assert code_of(path) == "no_video_stream"


def test_a_stream_without_frames_has_none(tmp_path: Path) -> None:
    assert code_of(plain_video(tmp_path / "hollow.avi", [], codec="mpeg4")) == "no_frames"


def test_five_frames_a_second_are_too_few(tmp_path: Path) -> None:
    assert code_of(plain_video(tmp_path / "slow.mkv", steady_times(60, 5.0))) == "frame_rate_too_low"


def test_two_seconds_are_too_short(tmp_path: Path) -> None:
    assert code_of(plain_video(tmp_path / "short.mkv", steady_times(60))) == "video_too_short"


def test_timestamps_that_leap_by_days_are_refused(tmp_path: Path) -> None:
    times = [*steady_times(200), 3 * 24 * 3600 * 1000]
    assert code_of(plain_video(tmp_path / "leap.mkv", times)) == "video_too_long"


def test_damaged_packets_beyond_a_tenth_are_corrupt(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    noise = (chance.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(200))
    path = plain_video(tmp_path / "damaged.mkv", steady_times(200), noise, codec="libx264")
    content = bytearray(path.read_bytes())
    places = chance.integers(len(content) // 20, len(content), len(content) // 30)
    for place in places.tolist():
        content[place] ^= 0xFF
    path.write_bytes(content)
    assert code_of(path) == "video_corrupt"


def test_frames_of_8k_are_refused_before_one_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.mkv"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 7680, 4320, "yuv420p"
        frame = av.VideoFrame(7680, 4320, "yuv420p")
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    monkeypatch.setattr("services.heart_rate.sessions.FrameReader", None)  # nothing can be read from here on
    assert code_of(path) == "video_too_large"


def test_a_video_of_a_wall_has_no_face(tmp_path: Path) -> None:
    path = plain_video(tmp_path / "wall.mkv", steady_times(180), greys(180, (320, 240)), size=(320, 240))
    assert code_of(path) == "no_face"
