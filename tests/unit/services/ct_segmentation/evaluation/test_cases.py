import numpy as np
import pytest

from services.ct_segmentation.evaluation.cases import LabelledPrediction, Outlines
from services.ct_segmentation.training.phe_sich import Box, LabelledHead
from tests.fixtures.phe_sich import Lesion, draw_head

HEAD = draw_head(Lesion(slices=(3, 4)), slices=6)
TOP, LEFT, BOTTOM, RIGHT = Lesion().box


@pytest.fixture
def prediction() -> LabelledPrediction:
    boxes = tuple((Box(TOP, LEFT, BOTTOM, RIGHT),) if index in (3, 4) else () for index in range(6))
    head = LabelledHead("0007", tuple(f"0007_{k:02d}" for k in range(6)), HEAD.windowed, HEAD.oedema, boxes)
    predicted = HEAD.haematoma.copy()
    predicted[4] = False
    scores = np.array([0, 0.95, 0, 0.9, 0.3, 0], np.float32)
    return LabelledPrediction(head, Outlines(HEAD.haematoma, HEAD.oedema), Outlines(predicted, HEAD.oedema), scores)


def test_the_slice_with_most_wrong_pixels_is_shown_with_its_outlines_where_they_lie(
    prediction: LabelledPrediction,
) -> None:
    shown = prediction.worst_outlined()
    assert (shown.name, shown.marked) == ("0007_04", True)
    assert not shown.predicted.haematoma.any()
    assert shown.labelled.haematoma.sum() == HEAD.haematoma[4].sum()  # the cut loses nothing
    assert shown.image.shape[0] < 512
    box = shown.boxes[0]
    inside = shown.labelled.haematoma[box.top : box.bottom, box.left : box.right]
    assert inside.sum() == shown.labelled.haematoma.sum()
    assert (shown.image[shown.labelled.haematoma] > 160).all()  # clot of 64 HU


def test_the_slice_scored_most_wrongly_may_be_another(prediction: LabelledPrediction) -> None:
    shown = prediction.worst_scored()
    assert (shown.name, shown.marked) == ("0007_01", False)
    assert shown.any_score == pytest.approx(0.95)
