from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.heart_rate.video.timing import CLOSEST_S, in_order

times = st.lists(st.one_of(st.none(), st.floats(0, 10, allow_nan=False)), max_size=40)


def test_swapped_neighbours_return_to_their_order() -> None:
    frames = [(0.0, "a"), (0.08, "c"), (0.04, "b"), (0.12, "d")]
    assert [image for _, image in in_order(frames, 0.04)] == ["a", "b", "c", "d"]


def test_of_two_frames_at_one_time_the_first_stays() -> None:
    frames = [(0.0, "a"), (0.04, "b"), (0.04, "twice"), (0.08, "c")]
    assert [image for _, image in in_order(frames, 0.04)] == ["a", "b", "c"]


def test_a_frame_that_comes_after_its_time_is_dropped() -> None:
    frames = [(index * 0.04, str(index)) for index in range(20)] + [(0.1, "late")]
    assert "late" not in [image for _, image in in_order(frames, 0.04)]


def test_times_begin_at_zero_and_frames_without_one_follow_at_the_usual_interval() -> None:
    frames = [(5.0, "a"), (None, "b"), (None, "c")]
    assert [round(time, 6) for time, _ in in_order(frames, 0.04)] == [0.0, 0.04, 0.08]


@given(times)
def test_whatever_a_file_claims_times_strictly_rise(claimed: list[float | None]) -> None:
    said = [time for time, _ in in_order([(time, None) for time in claimed], 0.04)]
    assert all(later - earlier >= CLOSEST_S * 0.999 for earlier, later in pairwise(said))
    assert not said or said[0] == 0.0
