"""Faces in the kinds of video that telephones, cameras and screens write."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from services.heart_rate.sessions import traces_of
from services.heart_rate.skin.errors import NoColourError
from services.heart_rate.traces import RegionTraces
from tests.fixtures.face_videos import a_scene, face_detector, plain_video, steady_times

Images = list[NDArray[np.uint8]]


@pytest.fixture(scope="module")
def images() -> Images:
    """Just above five seconds of a face."""
    return list(a_scene(duration_s=5.1).frames())


@pytest.fixture(scope="module")
def upright(images: Images, tmp_path_factory: pytest.TempPathFactory) -> RegionTraces:
    """What is read of it from a lossless video."""
    return read(tmp_path_factory.mktemp("upright") / "upright.mkv", images)


def read(path: Path, images: Images, **kind: object) -> RegionTraces:
    height, width = images[0].shape[:2]
    plain_video(path, steady_times(len(images)), images, size=(width, height), **kind)  # type: ignore[arg-type]
    return traces_of(path, face_detector())


def colours(traces: RegionTraces) -> NDArray[np.float64]:
    """Mean of each region: a range or a matrix taken for another changes it by 8 % and more, a coder by up to 4 %."""
    return np.asarray(np.nanmean(traces.rgb, axis=1))


def test_a_telephone_held_sideways_is_read_as_one_held_upright(
    images: Images, upright: RegionTraces, tmp_path: Path
) -> None:
    turned = [np.ascontiguousarray(np.rot90(image, -1)) for image in images]
    seen = read(tmp_path / "turned.mp4", turned, codec="libx264", rotation=90)
    assert seen.video is not None
    assert (seen.video.width, seen.video.height) == (320, 240)
    np.testing.assert_allclose(np.nanmedian(seen.centre, axis=0), np.nanmedian(upright.centre, axis=0), atol=1.0)
    np.testing.assert_allclose(colours(seen), colours(upright), rtol=0.05)


@pytest.mark.parametrize(
    ("codec", "pixel_format"), [("libx265", "yuv420p10le"), ("libvpx-vp9", "yuva420p"), ("ffv1", "bgra")]
)
def test_ten_bits_and_an_alpha_channel_change_no_face(
    codec: str, pixel_format: str, images: Images, upright: RegionTraces, tmp_path: Path
) -> None:
    seen = read(tmp_path / "other.mkv", images, codec=codec, pixel_format=pixel_format)
    np.testing.assert_allclose(colours(seen), colours(upright), rtol=0.05)


def test_a_face_in_a_very_wide_picture_is_found(images: Images, tmp_path: Path) -> None:
    wall = np.full((240, 640, 3), 128, np.uint8)
    wide = [np.concatenate([wall, image, wall], axis=1) for image in images]
    seen = read(tmp_path / "wide.mp4", wide, codec="libx264")
    assert np.isfinite(seen.size).mean() > 0.95
    assert np.nanmedian(seen.centre[:, 0]) == pytest.approx(640 + 160, abs=10)


def test_a_grey_face_is_refused_as_one_without_colour(images: Images, tmp_path: Path) -> None:
    grey = [np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8) for image in images]
    with pytest.raises(NoColourError, match="infra-red") as caught:
        read(tmp_path / "infra_red.mp4", grey, codec="libx264")
    assert caught.value.code == "no_colour"
