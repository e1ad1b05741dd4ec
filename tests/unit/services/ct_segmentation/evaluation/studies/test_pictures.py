from pathlib import Path

import cv2

from services.ct_segmentation.evaluation.studies.observation import BleedSize
from services.ct_segmentation.evaluation.studies.pictures import draw_study_pictures
from tests.fixtures.observed_studies import observed_study


def test_each_type_with_both_answers_and_the_volumes_are_drawn(tmp_path: Path) -> None:
    studies = [
        observed_study(
            {"any": [True, False]},
            {"any": [0.9, 0.2], "IPH": [0.5, 0.5]},
            patient=str(number),
            size=BleedSize(1000 + 100 * number, 900 + 120 * number, 0.01, 0.9),
        )
        for number in range(4)
    ]
    drawn = draw_study_pictures(studies, {"any": 0.5, "IPH": 0.5}, ("any", "IPH"), "generated data", tmp_path)
    names = {path.name for path in drawn}
    assert names == {"reliability_any.png", "roc_any.png", "volumes.png"}
    for name in names:
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert picture.std() > 5
