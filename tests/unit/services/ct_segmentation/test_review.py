import numpy as np
import pytest

from services.ct_segmentation.measurements import Measurement, measure
from services.ct_segmentation.review import review_flags
from shared.contracts.ct import Peculiarity

THRESHOLDS = {"any": 0.5, "IPH": 0.6}
NOTHING = Measurement(0.0, (), None, None)


def bleed(first: int = 5, last: int = 9) -> Measurement:
    mask = np.zeros((20, 40, 40), bool)
    mask[first : last + 1, 10:20, 10:20] = True
    return measure(mask, np.diag([1.0, 1.0, 5.0, 1.0]))


def codes(haematoma, types, interpolated=(), peculiarities=()) -> list[str]:
    return [flag.code for flag in review_flags(haematoma, types, THRESHOLDS, 20, interpolated, peculiarities)]


@pytest.mark.parametrize(
    ("haematoma", "types", "expected"),
    [
        (bleed(), {"any": 0.9, "IPH": 0.9}, []),
        (NOTHING, {"any": 0.1, "IPH": 0.1}, []),
        (NOTHING, {"any": 0.9, "IPH": 0.1}, ["type_mask_disagreement"]),
        (bleed(), {"any": 0.1, "IPH": 0.1}, ["type_mask_disagreement"]),
        (NOTHING, {"any": 0.1, "IPH": 0.6}, ["type_mask_disagreement"]),
        (bleed(), {}, []),
    ],
)
def test_classifier_and_mask_that_disagree_are_flagged(haematoma, types, expected) -> None:
    assert codes(haematoma, types) == expected


def test_a_lesion_that_the_scan_cuts_off_is_flagged() -> None:
    assert codes(bleed(0, 4), {"any": 1.0}) == ["lesion_at_scan_border"]
    assert codes(bleed(15, 19), {"any": 1.0}) == ["lesion_at_scan_border"]


def test_a_filled_gap_matters_only_inside_a_lesion() -> None:
    assert codes(bleed(), {"any": 1.0}, interpolated=[7]) == ["lesion_in_filled_gap"]
    assert codes(bleed(), {"any": 1.0}, interpolated=[12]) == []


def test_contrast_matters_only_with_a_lesion() -> None:
    contrast = [Peculiarity(code="contrast_suspected", detail="")]

    assert codes(bleed(), {"any": 1.0}, peculiarities=contrast) == ["contrast_may_mimic_blood"]
    assert codes(NOTHING, {"any": 0.0}, peculiarities=contrast) == []


def test_a_shape_far_from_an_ellipsoid_is_flagged() -> None:
    mask = np.zeros((20, 60, 60), bool)
    rows, columns = np.mgrid[:60, :60] - 30
    mask[5:10] = np.abs(np.hypot(rows, columns) - 20) < 2  # blood along the border of a cavity

    assert codes(measure(mask, np.diag([1.0, 1.0, 5.0, 1.0])), {"any": 1.0}) == ["abc_volume_disagreement"]
