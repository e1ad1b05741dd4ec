from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.metrics import dice
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.training.thresholds import choose_thresholds, dice_curve, youden_threshold
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive


def test_the_curve_holds_the_dice_of_every_threshold() -> None:
    rng = np.random.default_rng(0)
    labelled = rng.random((3, 20, 20)) > 0.7
    probability = np.clip(rng.normal(90 + 80 * labelled, 60), 0, 255).astype(np.uint8)
    curve = dice_curve(probability, labelled)
    for threshold in (0, 1, 100, 200, 255):
        assert curve[threshold] == pytest.approx(dice(probability >= threshold, labelled))
    nothing = dice_curve(np.zeros((2, 4, 4), np.uint8), np.zeros((2, 4, 4), bool))
    assert (nothing[0], nothing[1]) == (0.0, 1.0)


def test_the_youden_threshold_separates_what_can_be_separated() -> None:
    labels = np.array([0, 0, 0, 1, 1], bool)
    assert youden_threshold(labels, np.array([0.1, 0.2, 0.3, 0.7, 0.9], np.float32)) == pytest.approx(0.5)


def test_thresholds_come_from_the_named_patients(tmp_path: Path) -> None:
    heads = {"0001": draw_head(Lesion()), "0002": draw_head(Lesion(column=200), seed=3)}
    archive = PheSichArchive(write_archive(tmp_path / "data", heads))
    network = HaemorrhageNetwork.load(write_brightness_network(tmp_path / "weights"), threads=1)
    done: list[None] = []
    points = choose_thresholds(network, archive, ["0001", "0002"], lambda: done.append(None))
    assert len(done) == 2
    assert points.dice["haematoma"] > 0.95
    assert 0.2 <= points.thresholds["haematoma"] <= 0.8
    assert 0.2 < points.thresholds["any"] < 0.95
