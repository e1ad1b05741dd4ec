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
