import numpy as np
import pytest

from services.heart_rate.face.boxes import overlaps, suppress


def test_overlap_is_what_is_shared_of_all_that_is_covered() -> None:
    square = np.array([[0, 0, 2, 2]], float)
    others = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [2, 0, 4, 2], [5, 5, 6, 6]], float)
    np.testing.assert_allclose(overlaps(square, others), [[1 / 7, 1.0, 0.0, 0.0]])


def test_boxes_without_an_area_overlap_nothing() -> None:
    point = np.array([[1, 1, 1, 1]], float)
    assert overlaps(point, point) == pytest.approx(0)


def test_the_surest_of_overlapping_boxes_stays_and_separate_ones_stay_too() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10], [0, 0, 10, 10.5]], float)
    assert suppress(boxes, np.array([0.8, 0.9, 0.6, 0.7]), 0.5).tolist() == [1, 2]


def test_a_box_that_was_suppressed_suppresses_no_other() -> None:
    # The middle one overlaps both its neighbours, which do not overlap each other by half.
    boxes = np.array([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]], float)
    assert suppress(boxes, np.array([0.9, 0.8, 0.7]), 0.5).tolist() == [0, 2]


def test_no_box_at_all_leaves_none() -> None:
    assert suppress(np.empty((0, 4)), np.empty(0), 0.5).tolist() == []
