import json
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from services.heart_rate.__main__ import main
from services.heart_rate.sessions import traces_of
from shared.errors import PlatformError
from tests.fixtures.face_videos import face_detector, greys, plain_video, repacked, sound_alone, steady_times


def code_of(path: Path) -> str:
    """The code with which the video is refused, by the library and, as exit code 2 and JSON, by the command line."""
    with pytest.raises(PlatformError) as caught:
        traces_of(path, face_detector())
    assert caught.value.status == 422
    assert not caught.value.retryable
    assert ";" in caught.value.detail  # what is wrong; what to do
    assert path.name not in caught.value.detail  # names of files may be names of people
    said = StringIO()
    with redirect_stderr(said):
        assert main(["estimate", str(path), "--json"]) == 2
    assert json.loads(said.getvalue().splitlines()[-1]) == {"code": caught.value.code, "detail": caught.value.detail}
    return caught.value.code


def test_no_file_an_empty_file_a_folder_and_no_video_at_all_are_unreadable(tmp_path: Path) -> None:
    empty, folder, text = (tmp_path / name for name in ("empty.mp4", "folder.mp4", "letter.mp4"))
    empty.touch()
    folder.mkdir()
    text.write_text("Dear doctor, " * 200)
    assert code_of(tmp_path / "nothing.mp4") == "video_unreadable"
    assert code_of(empty) == "video_unreadable"
    assert code_of(folder) == "video_unreadable"
    assert code_of(text) == "video_unreadable"


def test_a_file_cut_off_before_its_index_is_unreadable(tmp_path: Path) -> None:
    path = plain_video(tmp_path / "cut.mp4", steady_times(200), codec="libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "video_unreadable"


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert code_of(sound_alone(tmp_path / "voice.wav")) == "audio_only"


def test_subtitles_alone_are_no_video(tmp_path: Path) -> None:
    words, path = tmp_path / "words.srt", tmp_path / "words.mkv"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n\n")
    with av.open(words) as read, av.open(path, "w") as written:
        stream = written.add_stream_from_template(read.streams.subtitles[0])
        for packet in read.demux():
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    assert code_of(path) == "no_video_stream"


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "bmp"])
def test_a_picture_by_the_name_of_a_video_is_a_picture(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "still.mp4"
    path.write_bytes(cv2.imencode(f".{kind}", np.full((240, 320, 3), 120, np.uint8))[1].tobytes())
    assert code_of(path) == "still_image"


def test_a_video_of_one_frame_is_a_picture(tmp_path: Path) -> None:
    assert code_of(plain_video(tmp_path / "one.mp4", [0], codec="libx264")) == "still_image"


def test_a_playlist_cannot_have_another_persons_video_read(tmp_path: Path) -> None:
    plain_video(tmp_path / "other.ts", steady_times(200), codec="libx264")
    concat, playlist = tmp_path / "concat.mp4", tmp_path / "playlist.mp4"
    concat.write_text("ffconcat version 1.0\nfile other.ts\n")
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:7\n#EXTINF:7,\nother.ts\n#EXT-X-ENDLIST\n")
    with av.open(concat) as opened:  # FFmpeg by itself does
        assert opened.streams.video[0].codec_context.width == 64
    assert code_of(concat) == "video_unreadable"
    assert code_of(playlist) == "video_unreadable"


def test_a_bare_stream_has_no_times_to_tell_a_rate_by(tmp_path: Path) -> None:
    source = plain_video(tmp_path / "source.mp4", steady_times(200), codec="libx264")
    assert code_of(repacked(tmp_path / "bare.h264", source)) == "video_unreadable"


def test_frames_that_all_bear_one_time_or_none_tell_no_rate(tmp_path: Path) -> None:
    source = plain_video(tmp_path / "source.mkv", steady_times(100))
    assert code_of(repacked(tmp_path / "at_once.mkv", source, lambda _: 0)) == "timestamps_unusable"
    # Matroska has no times below zero: those of the first five seconds are lost.
    early = [time - 5000 for time in steady_times(180)]
    options = {"avoid_negative_ts": "disabled"}
    untimed = plain_video(tmp_path / "untimed.mkv", early, codec="libx264", container_options=options)
    assert code_of(untimed) == "timestamps_unusable"


@pytest.mark.parametrize(("taken", "refused"), [("240", True), ("120", True), ("5", True), ("60", False), ("?", False)])
def test_a_slow_motion_and_a_time_lapse_are_known_by_the_telephones_note(
    taken: str, refused: bool, tmp_path: Path
) -> None:
    path = plain_video(
        tmp_path / "slow.mp4",
        steady_times(180),
        codec="libx264",
        container_options={"movflags": "use_metadata_tags"},
        notes={"com.android.capture.fps": taken},
    )
    assert code_of(path) == ("not_real_time" if refused else "no_face")


def test_a_coding_that_nothing_here_reads_is_named(tmp_path: Path) -> None:
    path = plain_video(tmp_path / "strange.mkv", steady_times(60))
    path.write_bytes(path.read_bytes().replace(b"V_FFV1", b"V_NONE"))
    assert code_of(path) == "codec_unsupported"


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
