import numpy as np

from services.heart_rate.skin.background import Background

FACE = (100.0, 60.0, 160.0, 140.0)


def room(left: int, right: int) -> np.ndarray:
    image = np.full((200, 300, 3), left, np.uint8)
    image[:, 130:] = right
    return image


def test_both_sides_of_a_face_are_averaged() -> None:
    seen = Background().read(room(100, 140), FACE, [FACE])
    assert 105 < seen[0] < 135


def test_a_side_where_another_face_is_does_not_count() -> None:
    other = (190.0, 60.0, 250.0, 140.0)
    image = room(100, 140)
    image[:55] = 100  # above the face
    np.testing.assert_allclose(Background().read(image, FACE, [FACE, other]), 100)


def test_patches_stay_while_the_face_moves_and_move_when_it_comes_over_them() -> None:
    image = np.tile(np.arange(300, dtype=np.float32)[None, :, None] / 2, (200, 1, 3)).astype(np.uint8)
    background = Background()
    first = background.read(image, FACE, [FACE])
    nearby = (108.0, 60.0, 168.0, 140.0)
    np.testing.assert_array_equal(background.read(image, nearby, [nearby]), first)
    far = (160.0, 60.0, 220.0, 140.0)
    assert background.read(image, far, [far])[0] > first[0] + 10


def test_a_face_that_fills_the_picture_has_no_background() -> None:
    whole = (0.0, 0.0, 300.0, 200.0)
    assert np.isnan(Background().read(room(100, 140), whole, [whole])).all()


def test_hair_that_sways_at_the_face_is_no_change_of_light() -> None:
    background = Background()
    seen = []
    for shift in (0, 4, 8, 12, 0, -4, -8, -12):  # up to a fifth of the face
        image = np.full((200, 300, 3), 120, np.uint8)
        image[40:180, 100 - 21 + shift : 160 + 21 + shift] = 40  # as wide again as a third of it, on either side
        box = (100.0 + shift, 60.0, 160.0 + shift, 140.0)
        seen.append(background.read(image, box, [box]))
    np.testing.assert_allclose(seen, 120)


def test_a_face_that_nearly_fills_the_picture_is_held_against_what_little_lies_beside_it() -> None:
    wide = (45.0, 10.0, 255.0, 190.0)
    image = np.full((200, 300, 3), 90, np.uint8)
    assert np.isnan(Background().read(image, wide, [wide])).all()
    less = (80.0, 40.0, 220.0, 195.0)
    np.testing.assert_allclose(Background().read(image, less, [less]), 90)
