import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.evaluation.plots.canvas import BLUE, ORANGE, PlottingUnavailableError, new_figure
from shared.evaluation.plots.reliability import draw_reliability
from shared.evaluation.plots.roc import draw_roc

RNG = np.random.default_rng(1)
LABELS = [RNG.random(25) > 0.7 for _ in range(8)]
SCORES = [np.clip(RNG.normal(0.3 + 0.4 * labels, 0.2), 0, 1) for labels in LABELS]


def pixels_of(picture: NDArray[np.uint8], colour: str) -> int:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return int((picture == (blue, green, red)).all(axis=2).sum())


def test_the_reliability_diagram_is_a_picture_with_its_points(tmp_path: Path) -> None:
    path = draw_reliability(
        np.concatenate(LABELS), np.concatenate(SCORES), "P(any)", tmp_path / "new" / "reliability.png", "generated data"
    )
    picture = cv2.imread(str(path))
    assert picture is not None
    assert picture.shape[0] > 600
    assert pixels_of(picture, BLUE) > 500


def test_the_roc_marks_as_many_points_as_there_are_thresholds(tmp_path: Path) -> None:
    marked = []
    for thresholds in ({}, {"slice": 0.45}, {"slice": 0.45, "study": 0.6}):
        picture = cv2.imread(str(draw_roc(LABELS, SCORES, thresholds, "P(any)", tmp_path / "roc.png", "")))
        assert picture is not None
        marked.append(pixels_of(picture, ORANGE))
    assert marked[0] == 0
    assert 0 < marked[1] < marked[2]


def test_a_point_beyond_the_enlarged_corner_is_marked_in_the_whole_alone(tmp_path: Path) -> None:
    marked = []
    for corner in (True, False):
        path = draw_roc(LABELS, SCORES, {"low": 0.05}, "P(any)", tmp_path / "roc.png", "", corner=corner)
        picture = cv2.imread(str(path))
        assert picture is not None
        marked.append(pixels_of(picture, ORANGE))
    assert marked[0] == pytest.approx(marked[1], rel=0.1)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(PlottingUnavailableError, match="extra 'train'") as raised:
        new_figure(1, 1)
    assert raised.value.code == "plotting_unavailable"
