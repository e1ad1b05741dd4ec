import gc
import weakref
from pathlib import Path

import av
import numpy as np
import pytest

from services.heart_rate.traces import VideoFacts
from services.heart_rate.video.frames import Frame, FrameReader
from services.heart_rate.video.opening import open_video
from tests.fixtures.face_videos import greys, plain_video, repacked, steady_times


def read(path: Path) -> tuple[list[Frame], VideoFacts]:
    with open_video(path) as video:
        reader = FrameReader(video)
        return list(reader), reader.facts()


def test_frames_come_at_their_presentation_times_whatever_the_rate(tmp_path: Path) -> None:
    times = np.cumsum([0] + [20, 45, 33, 61] * 45).tolist()
    frames, facts = read(plain_video(tmp_path / "uneven.mkv", times))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.array(times) / 1000, atol=1e-9)
    assert facts.frames == len(times)
    assert facts.frames_per_second == pytest.approx(1000 / 39)  # the median of 20, 33, 45, 61


def test_colours_arrive_as_they_were_recorded(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    images = [chance.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(160)]
    frames, _ = read(plain_video(tmp_path / "lossless.mkv", steady_times(160), images))
    assert all(np.array_equal(frame.image, image) for frame, image in zip(frames, images, strict=True))


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("ffv1", "yuv420p10le"),
        ("ffv1", "yuv444p16le"),
        ("ffv1", "bgra"),
        ("ffv1", "yuva420p"),
        ("libx265", "yuv420p10le"),
        ("libvpx-vp9", "yuva420p"),
        ("mjpeg", "yuvj420p"),
        ("png", "gray"),
        ("qtrle", "argb"),
    ],
)
def test_whatever_the_pixel_format_a_colour_arrives_within_a_few_levels(
    codec: str, pixel_format: str, tmp_path: Path
) -> None:
    colours = [(180 + 5 * (index % 3), 130, 100 + 8 * (index % 2)) for index in range(45)]
    images = (np.full((48, 64, 3), colour, np.uint8) for colour in colours)
    path = tmp_path / ("x.mov" if codec in ("png", "qtrle") else "x.mkv")
    plain_video(path, steady_times(45, 8.5), images, codec=codec, pixel_format=pixel_format)
    wanted = np.array(colours, np.float64)
    if pixel_format == "gray":
        wanted = np.repeat(wanted @ [[0.299], [0.587], [0.114]], 3, axis=1)
    frames, _ = read(path)
    seen = np.array([frame.image.mean(axis=(0, 1)) for frame in frames])
    np.testing.assert_allclose(seen, wanted, atol=4)


def test_times_may_begin_below_zero(tmp_path: Path) -> None:
    steady = steady_times(180)
    early = plain_video(
        tmp_path / "early.ts",
        [time - 5000 for time in steady],
        codec="libx264",
        container_options={"avoid_negative_ts": "disabled"},
    )
    with av.open(early) as video:
        assert next(video.decode(video=0)).time < -4
    frames, facts = read(early)
    np.testing.assert_allclose([frame.time_s for frame in frames], np.array(steady) / 1000, atol=1e-4)
    assert facts.duration_s == pytest.approx(6.0, abs=0.01)


def test_sound_beside_the_pictures_changes_nothing(tmp_path: Path) -> None:
    silent = plain_video(tmp_path / "silent.mkv", steady_times(160))
    spoken = repacked(tmp_path / "spoken.mkv", silent, sound=True)
    with av.open(spoken) as video:
        assert (len(video.streams.audio), video.streams.video[0].index) == (1, 1)
    frames, facts = read(spoken)
    before, facts_before = read(silent)
    assert facts == facts_before
    assert [frame.time_s for frame in frames] == [frame.time_s for frame in before]
    assert all(np.array_equal(frame.image, other.image) for frame, other in zip(frames, before, strict=True))


def test_the_front_of_a_file_that_was_cut_off_behind_its_index_is_read(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    noise = (chance.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(300))
    whole = plain_video(
        tmp_path / "whole.mp4",
        steady_times(300),
        noise,
        codec="libx264",
        container_options={"movflags": "faststart"},
    )
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 7 // 10])
    frames, _ = read(cut)
    assert frames[-1].time_s == pytest.approx(7.0, abs=0.3)


@pytest.mark.parametrize(("size", "shape"), [((4096, 2), (2, 640)), ((2, 4096), (640, 2)), ((1, 1), (2, 2))])
def test_pictures_of_any_aspect_keep_at_least_two_rows_and_columns(
    size: tuple[int, int], shape: tuple[int, int], tmp_path: Path
) -> None:
    path = plain_video(tmp_path / "odd.mkv", steady_times(45, 8.5), greys(45, size), size=size)
    frames, facts = read(path)
    assert frames[0].image.shape[:2] == shape
    assert (facts.width, facts.height) == size


def test_a_missing_stretch_is_a_gap(tmp_path: Path) -> None:
    times = [time for time in steady_times(300) if not 3000 <= time < 4000]
    _, facts = read(plain_video(tmp_path / "gap.mkv", times))
    assert facts.gaps == 1
    assert facts.duration_s == pytest.approx(10.0, abs=0.01)


def test_a_repeated_picture_is_counted_and_left_out(tmp_path: Path) -> None:
    images = list(greys(180))
    images[50], images[51] = images[49], images[49]
    frames, facts = read(plain_video(tmp_path / "repeated.mkv", steady_times(180), images))
    assert facts.frames_repeated == 2
    assert facts.frames == 180
    assert len(frames) == 178
    assert not {round(frame.time_s, 3) for frame in frames} & {round(50 / 30, 3), round(51 / 30, 3)}


def test_a_portrait_recorded_sideways_stands_upright(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, :32, 0] = 200  # red on the left of the sensor
    images = [image + np.uint8(index % 2) for index in range(160)]
    seen = {}
    for turn in (90, -90, 180):
        path = plain_video(tmp_path / f"{turn}.mp4", steady_times(160), images, codec="libx264", rotation=turn)
        frames, facts = read(path)
        red = frames[0].image[..., 0] > 100
        rows, columns = np.nonzero(red)
        seen[turn] = (rows.mean() < red.shape[0] / 2, columns.mean() < red.shape[1] / 2)
        assert (facts.width, facts.height) == ((64, 48) if turn == 180 else (48, 64))
    # FFmpeg's rotation is counter-clockwise: the sensor's left comes down at 90 degrees, and up at -90.
    assert not seen[90][0]
    assert seen[-90][0]
    assert not seen[180][1]


def test_bits_per_pixel_are_those_of_the_coded_stream(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    noise = (chance.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(160))
    path = plain_video(tmp_path / "noise.mkv", steady_times(160), noise)
    _, facts = read(path)
    assert facts.bits_per_pixel == pytest.approx(8 * path.stat().st_size / (64 * 48 * 160), rel=0.03)


def test_large_frames_are_shrunk_to_their_mean_colours(tmp_path: Path) -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    image[::2] = 200  # lines of which only an average remains
    images = [image + np.uint8(index % 2) for index in range(45)]
    path = plain_video(tmp_path / "large.mkv", steady_times(45, 8.5), images, size=(1280, 720))
    frames, facts = read(path)
    assert frames[0].image.shape == (360, 640, 3)
    assert frames[0].scale == pytest.approx(2.0)
    assert abs(frames[0].image.mean() - 100) < 2
    assert (facts.width, facts.height) == (1280, 720)


def test_memory_holds_a_few_frames_however_long_the_video(tmp_path: Path) -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0
    with open_video(plain_video(tmp_path / "long.mkv", steady_times(300))) as video:
        for frame in FrameReader(video):
            alive.append(weakref.ref(frame.image))
            del frame
            gc.collect(0)
            alive = [reference for reference in alive if reference() is not None]
            most = max(most, len(alive))
    assert most <= 2
