import numpy as np
import pytest

from services.ct_segmentation.framing import INPUT_SIZE, Frame, find_frame
from services.ct_segmentation.metrics import dice
from tests.fixtures.phe_sich import Lesion, draw_head


def test_the_frame_holds_the_head_and_ignores_the_table() -> None:
    with_table = find_frame(draw_head(table=True).windowed)
    # The skull is 400 rows high about row 256; 4 % margin makes 416.
    assert abs(with_table.side - 416) <= 6
    assert abs(with_table.top + with_table.side / 2 - 256) <= 3
    assert with_table == find_frame(draw_head(table=False).windowed)


@pytest.mark.parametrize("scale", [0.6, 0.8])
def test_a_head_in_a_larger_field_of_view_looks_the_same_to_the_network(scale: float) -> None:
    usual, far = draw_head(), draw_head(scale=scale, centre=(200, 300))
    near_crop = find_frame(usual.windowed).crop(usual.windowed[0])
    far_crop = find_frame(far.windowed).crop(far.windowed[0])
    assert dice(near_crop > 60, far_crop > 60) > 0.99


def test_one_odd_slice_does_not_move_the_frame() -> None:
    windowed = draw_head(slices=12).windowed
    usual = find_frame(windowed)
    windowed[4, :300, :] = 120  # a pillow, or a reconstruction that failed
    odd = find_frame(windowed)
    assert (odd.top, odd.left, odd.side) == pytest.approx((usual.top, usual.left, usual.side), abs=3)


def test_what_was_cropped_returns_to_its_place() -> None:
    head = draw_head(Lesion())
    frame = find_frame(head.windowed)
    mask = head.haematoma[3].astype(np.uint8) * np.uint8(255)
    assert dice(frame.restore(frame.crop(mask)) > 127, head.haematoma[3]) > 0.97


def test_a_frame_over_the_border_shows_air_there_and_restores_the_rest() -> None:
    image = np.full((300, 400), 200, np.uint8)
    frame = Frame(top=-100, left=-50, side=512, shape=(300, 400))
    crop = frame.crop(image)
    assert crop.shape == (INPUT_SIZE, INPUT_SIZE)
    assert crop[:49].max() == 0
    assert (frame.restore(crop)[3:-3, 3:-3] > 190).all()


def test_the_scale_of_both_ways_agrees_when_the_head_is_small() -> None:
    image = np.zeros((128, 128), np.uint8)
    image[40:80, 50:90] = 255
    frame = Frame(top=20, left=30, side=80, shape=(128, 128))
    assert dice(frame.restore(frame.crop(image)) > 127, image > 127) == 1.0


def test_a_volume_without_a_head_is_seen_whole() -> None:
    assert find_frame(np.zeros((3, 200, 300), np.uint8)) == Frame(-50, 0, 300, (200, 300))
