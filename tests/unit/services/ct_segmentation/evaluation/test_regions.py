import numpy as np
import pytest

from services.ct_segmentation.evaluation.regions import Candidate, boxes_hit, candidates_of, froc
from services.ct_segmentation.training.phe_sich import Box


def test_a_region_hits_the_box_that_holds_its_centroid_and_specks_are_none() -> None:
    predicted = np.zeros((60, 60), bool)
    predicted[10:20, 10:20] = True  # centre 14.5, 14.5
    predicted[30:50, 30:50] = True  # reaches into the second box, centre 39.5 outside it
    predicted[5, 40:59] = True  # 19 pixels
    probability = np.where(predicted, 204, 0).astype(np.uint8)
    probability[30:50, 30:50] = 153
    boxes = [Box(8, 8, 22, 22), Box(45, 45, 58, 58)]
    found = candidates_of(predicted, probability, boxes, first_box=7)
    assert found == [Candidate(pytest.approx(0.8), 7), Candidate(pytest.approx(0.6), None)]
    assert boxes_hit(found) == 1
    assert candidates_of(np.zeros((60, 60), bool), probability, boxes, 0) == []


def test_the_free_response_curve_counts_a_box_once_and_false_regions_per_patient() -> None:
    first = [Candidate(0.9, 0), Candidate(0.5, 0), Candidate(0.7, None)]
    second = [Candidate(0.6, 0), Candidate(0.8, None)]
    curve = froc([first, second], boxes=4)
    # By hand, at 0.9, 0.8, 0.7, 0.6: hits 1, 1, 1, 2 of 4; false regions 0, 1, 2, 2 over two patients.
    assert curve.sensitivity.tolist() == [0, 0.25, 0.25, 0.25, 0.5]
    assert curve.false_regions.tolist() == [0, 0, 0.5, 1, 1]


def test_nothing_predicted_is_a_curve_of_one_point() -> None:
    curve = froc([[], []], boxes=3)
    assert (curve.sensitivity.tolist(), curve.false_regions.tolist()) == ([0], [0])
