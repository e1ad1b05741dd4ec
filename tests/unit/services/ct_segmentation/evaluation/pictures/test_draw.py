from pathlib import Path

import cv2
import pytest

from services.ct_segmentation.evaluation.evaluate import observe_heads
from services.ct_segmentation.evaluation.observations import HeadObservation
from services.ct_segmentation.evaluation.pictures.draw import draw_pictures
from services.ct_segmentation.network import HaemorrhageNetwork
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

THRESHOLDS = {"haematoma": 0.5, "oedema": 0.5, "any": 0.5, "study_any": 0.7}
# Red, cyan, yellow as OpenCV orders them.
HAEMATOMA, OEDEMA, BOX = (48, 59, 255), (255, 214, 50), (10, 214, 255)


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> list[HeadObservation]:
    drawn = {"0001": draw_head(Lesion(slices=(3, 4))), "0002": draw_head(seed=2)}
    data = write_archive(tmp_path_factory.mktemp("data"), drawn)
    weights = write_brightness_network(tmp_path_factory.mktemp("weights"))
    return observe_heads(HaemorrhageNetwork.load(weights, threads=1), data, None)


def test_every_picture_is_written_and_the_cases_carry_their_outlines(
    heads: list[HeadObservation], tmp_path: Path
) -> None:
    written = {path.name: cv2.imread(str(path)) for path in draw_pictures(heads, THRESHOLDS, "net 1.0", tmp_path)}
    assert set(written) == {
        "reliability.png", "roc.png", "froc.png", "dice_by_size.png", "worst_cases.png", "worst_scores.png"
    }  # fmt: skip
    for name, picture in written.items():
        assert picture is not None, name
        assert min(picture.shape[:2]) > 400, name
    cases = written["worst_cases.png"].astype(int)
    for colour in (HAEMATOMA, OEDEMA, BOX):
        assert (abs(cases - colour).sum(axis=2) < 60).sum() > 20, colour


def test_heads_without_any_lesion_still_get_what_can_be_drawn(heads: list[HeadObservation], tmp_path: Path) -> None:
    written = {path.name for path in draw_pictures(heads[1:], THRESHOLDS, "net 1.0", tmp_path)}
    assert written == {"reliability.png", "dice_by_size.png", "worst_cases.png", "worst_scores.png"}
