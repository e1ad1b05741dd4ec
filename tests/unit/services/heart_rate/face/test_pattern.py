import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from services.heart_rate.face.crop import FaceCrop
from services.heart_rate.face.pattern import Pattern

CENTRE, SIZE = np.array([223.0, 119.0]), np.array([88.0, 109.0])


def moved(right: float, down: float) -> np.ndarray:
    portrait = np.asarray(astronaut())
    return cv2.warpAffine(portrait, np.array([[1, 0, right], [0, 1, down]]), portrait.shape[1::-1])


@pytest.mark.parametrize("shift", [(0.3, -0.2), (-1.0, 0.8), (1.6, 1.2)])
def test_a_small_shift_is_found_within_hundredths_of_a_pixel_by_a_second_look(shift: tuple[float, float]) -> None:
    pattern = Pattern.learn(FaceCrop.cut(np.asarray(astronaut()), CENTRE, SIZE))
    image, centre = moved(*shift), CENTRE.copy()
    for _ in range(3):
        crop = FaceCrop.cut(image, centre, SIZE)
        step, likeness = pattern.small_shift(crop)
        centre = centre + step * crop.cell
    np.testing.assert_allclose(centre - CENTRE, shift, atol=0.03)
    assert likeness > 0.98


@pytest.mark.parametrize("shift", [(9.0, -6.0), (-14.0, 3.0)])
def test_a_large_shift_is_found_within_a_pixel(shift: tuple[float, float]) -> None:
    pattern = Pattern.learn(FaceCrop.cut(np.asarray(astronaut()), CENTRE, SIZE))
    crop = FaceCrop.cut(moved(*shift), CENTRE, SIZE)
    np.testing.assert_allclose(pattern.large_shift(crop) * crop.cell, shift, atol=1.5)


def test_light_that_changes_moves_nothing() -> None:
    portrait = np.asarray(astronaut())
    pattern = Pattern.learn(FaceCrop.cut(portrait, CENTRE, SIZE))
    dimmed = (0.6 * portrait + 10).astype(np.uint8)
    shift, likeness = pattern.small_shift(FaceCrop.cut(dimmed, CENTRE, SIZE))
    np.testing.assert_allclose(shift, 0, atol=0.02)
    assert likeness > 0.99


def test_a_crop_beyond_the_edge_of_the_picture_is_still_one() -> None:
    crop = FaceCrop.cut(np.full((40, 50, 3), 90, np.uint8), np.array([2.0, 38.0]), np.array([30.0, 30.0]))
    assert (crop.colours == 90).all()


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.3, 5.0])
def test_a_crop_shows_the_same_grid_however_large_the_face_is(scale: float) -> None:
    portrait = np.asarray(astronaut())[:300, 90:390]
    large = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    centre = CENTRE - [90, 0]
    usual, shown = FaceCrop.cut(portrait, centre, SIZE), FaceCrop.cut(large, scale * centre, scale * SIZE)
    difference = usual.colours.astype(float) - shown.colours
    assert abs(difference.mean()) < 0.5
    assert np.abs(difference).mean() < 4
    np.testing.assert_allclose(shown.cell, scale * usual.cell)


def test_a_large_face_is_averaged_over_its_pixels() -> None:
    noise = np.random.default_rng(0).normal(120, 20, (700, 600, 3)).clip(0, 255).astype(np.uint8)
    crop = FaceCrop.cut(noise, np.array([300.0, 350.0]), np.array([64 * 5.0, 80 * 5.0]))
    assert crop.colours.std() < 1.3 * 20 / 5


def test_a_large_face_at_the_edge_is_still_cut() -> None:
    image = np.full((480, 641, 3), 77, np.uint8)
    for centre in ((-50.0, 20.0), (640.0, 479.0), (320.0, 600.0), (5000.0, 5000.0), (-5000.0, 9.0)):
        assert (FaceCrop.cut(image, np.array(centre), np.array([200.0, 250.0])).colours == 77).all()
