import numpy as np

from services.ct_segmentation.operating_points import highest, study_threshold, types_seen

THRESHOLDS = {"any": 0.2, "study_any": 0.6, "IPH": 0.3}


def test_a_study_is_held_to_its_own_threshold_where_there_is_one() -> None:
    assert study_threshold(THRESHOLDS, "any") == 0.6
    assert study_threshold(THRESHOLDS, "IPH") == 0.3


def test_a_study_shows_the_types_whose_most_suspicious_slice_reaches_the_study_threshold() -> None:
    types = highest({"any": np.array([0.1, 0.5]), "IPH": np.array([0.3, 0.0])})
    assert types == {"any": 0.5, "IPH": 0.3}
    assert types_seen(types, THRESHOLDS) == ["IPH"]
    assert types_seen({"any": 0.6, "IPH": 0.1}, THRESHOLDS) == ["any"]
