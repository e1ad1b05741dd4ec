import numpy as np
import pytest
from skimage.data import astronaut, coffee

from services.heart_rate.face.boxes import overlaps
from tests.fixtures.face_videos import a_person, a_scene, face_detector

# Measured by hand in the portrait: brows to chin, cheek to cheek.
FACE = np.array([[180, 72, 268, 175]], float)


def test_the_face_of_a_portrait_is_found_once_and_where_it_is() -> None:
    found = face_detector().detect(np.asarray(astronaut()))
    assert len(found) == 1
    assert overlaps(FACE, found.boxes)[0, 0] > 0.7
    assert found.scores[0] > 0.99


@pytest.mark.parametrize(("rows", "columns"), [((0, 480), (60, 390)), ((0, 250), (0, 512))])
def test_a_face_is_found_at_its_place_in_tall_and_in_wide_pictures(
    rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    part = np.ascontiguousarray(astronaut()[slice(*rows), slice(*columns)])
    found = face_detector().detect(part)
    moved = FACE - np.tile([columns[0], rows[0]], 2)
    assert overlaps(moved, found.boxes)[0, 0] > 0.65


@pytest.mark.parametrize("tone", range(4))
def test_a_face_is_found_in_every_skin_tone_and_in_little_light(tone: int) -> None:
    for brightness in (1.0, 0.3):
        frame = next(a_scene(a_person(tone=tone), brightness=brightness, duration_s=0.2).frames())
        assert face_detector().detect(frame).scores[0] > 0.9


def test_a_cup_of_coffee_and_noise_have_no_face() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    for picture in (np.asarray(coffee()), noise):
        assert (face_detector().detect(picture).scores < 0.8).all()


def test_two_faces_are_two() -> None:
    scene = a_scene(a_person(at=(110.0, 125.0)), a_person(at=(365.0, 130.0), scale=0.8), width=480, duration_s=0.2)
    assert len(face_detector().detect(next(scene.frames()))) == 2
