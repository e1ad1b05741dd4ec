from pathlib import Path

import av
import numpy as np
import pytest

from services.heart_rate.face.errors import NoFaceError
from services.heart_rate.generated.video import Coding
from services.heart_rate.sessions import traces_of
from services.heart_rate.traces import REGIONS, RegionTraces
from services.heart_rate.video.frames import FrameReader
from services.heart_rate.video.opening import open_video
from tests.fixtures.face_videos import a_face_video, a_person, a_scene, face_detector, greys

ARRAYS = ("times_s", "rgb", "pixels", "centre", "size", "background")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    scenes = [a_scene(a_person(55.0)), a_scene(a_person(115.0, tone=3), motion_px=6.0, seed=8)]
    return [a_face_video(folder / f"{index}.mp4", scene) for index, scene in enumerate(scenes)]


def same(one: RegionTraces, other: RegionTraces) -> bool:
    equal = all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in ARRAYS)
    return equal and one.video == other.video


def test_traces_have_the_promised_shapes_and_tell_of_the_file(clips: list[Path]) -> None:
    traces = traces_of(clips[0], face_detector())
    frames = len(traces)
    assert frames == 180
    assert traces.rgb.shape == (len(REGIONS), frames, 3)
    assert traces.pixels.shape == (len(REGIONS), frames)
    assert traces.centre.shape == (frames, 2)
    assert traces.background.shape == (frames, 3)
    assert traces.times_s[0] == 0
    assert (np.diff(traces.times_s) > 0).all()
    assert traces.video is not None
    assert (traces.video.width, traces.video.height, traces.video.codec) == (320, 240, "h264")
    assert np.nanmedian(traces.size) == pytest.approx(88, abs=8)  # of the portrait's face


def test_clips_in_any_order_and_again_give_bit_identical_traces(clips: list[Path]) -> None:
    first, second = clips
    detector = face_detector()
    forwards = [traces_of(first, detector), traces_of(second, detector)]
    backwards = [traces_of(second, detector), traces_of(first, detector)]
    alone = traces_of(first, detector, threads=1)
    assert same(forwards[0], backwards[1])
    assert same(forwards[1], backwards[0])
    assert same(forwards[0], alone)
    assert not same(*forwards)


def test_the_painted_pulse_is_in_the_colours_of_every_skin_tone(tmp_path: Path) -> None:
    for tone in (0, 3):
        scene = a_scene(a_person(90.0, tone=tone, pulsation=0.006), duration_s=8.0, motion_px=0.0)
        traces = traces_of(a_face_video(tmp_path / "clip.mp4", scene), face_detector())
        green = traces.rgb[1:3, :, 1].mean(axis=0)
        spectrum = np.abs(np.fft.rfft((green - green.mean()) * np.hanning(len(green)), 1 << 13))
        bpm = 60 * np.fft.rfftfreq(1 << 13, 1 / 30)
        band = (bpm > 45) & (bpm < 240)
        assert abs(bpm[band][spectrum[band].argmax()] - 90.0) < 2.0


def test_progress_rises_to_the_end_and_may_end_the_reading(clips: list[Path]) -> None:
    shares: list[float] = []
    traces_of(clips[0], face_detector(), shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert 0.8 < shares[-1] <= 1.0

    class DeadlineError(Exception):
        pass

    def stop(_: float) -> None:
        raise DeadlineError

    with pytest.raises(DeadlineError):
        traces_of(clips[0], face_detector(), stop)


def test_a_recording_that_does_not_say_how_long_it_is_may_be_ended_all_the_same(tmp_path: Path) -> None:
    """Browsers record like this; a deadline must reach the reading of hours of it."""
    path = tmp_path / "live.mkv"
    with av.open(path, "w", options={"live": "1"}) as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for image in greys(200):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    with open_video(path) as video:
        assert FrameReader(video).seconds() is None
    shares: list[float] = []
    with pytest.raises(NoFaceError):
        traces_of(path, face_detector(), shares.append)
    assert shares == [0.0] * 7  # every 30 frames


def test_a_low_bit_rate_shows_in_the_facts(tmp_path: Path) -> None:
    scene = a_scene()
    fine = traces_of(a_face_video(tmp_path / "fine.mp4", scene), face_detector()).video
    coarse = traces_of(a_face_video(tmp_path / "coarse.mp4", scene, Coding(30, "veryfast")), face_detector()).video
    assert fine is not None
    assert coarse is not None
    assert coarse.bits_per_pixel is not None
    assert fine.bits_per_pixel is not None
    assert coarse.bits_per_pixel < 0.05 < 1 < fine.bits_per_pixel
    assert coarse.frames_repeated >= fine.frames_repeated == 0
