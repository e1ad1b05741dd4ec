from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.framing import AS_FRAMED
from services.ct_segmentation.metrics import dice
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.training.thresholds import (
    choose_thresholds,
    dice_curve,
    quiet_threshold,
    youden_threshold,
)
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.framed import draw_framed_slices
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


def test_the_quiet_threshold_lets_few_unmarked_slices_through() -> None:
    marks = [np.array([0, 0, 0, 1], bool)] * 4
    scores = [np.array([0.1, low, 0.0, 0.9], np.float32) for low in (0.2, 0.4, 0.6, 0.8)]
    # 0.3 x 4 patients: one unmarked slice may reach it, the 0.8.
    assert quiet_threshold(marks, scores, 0.3) == pytest.approx(0.8, abs=1e-6)
    assert 0.8 < quiet_threshold(marks, scores, 0.0) < 0.801


def test_the_quiet_threshold_is_as_quiet_on_new_patients() -> None:
    """Eight patients of 20 unmarked slices: just above the third largest, new ones would have 3/161 x 20 = 0.37."""
    rng = np.random.default_rng(0)
    marks = [np.array([0] * 20 + [1], bool)] * 8
    reached = []
    for _ in range(2000):
        scores = [np.append(rng.random(20), 1.0).astype(np.float32) for _ in range(8)]
        reached.append(20 * (1 - quiet_threshold(marks, scores, 0.3)))  # of scores between 0 and 1, evenly spread
    assert np.mean(reached) == pytest.approx(20 * 2 / 161, rel=0.05)


def test_the_quiet_threshold_never_loses_a_patient_that_the_network_finds() -> None:
    marks = [np.array([0, 1], bool)] * 3
    scores = [np.array([low, high], np.float32) for low, high in ((0.9, 0.95), (0.1, 0.7), (0.0, 0.3))]
    assert quiet_threshold(marks, scores, 0.0) == pytest.approx(0.7)


def test_studies_and_types_get_thresholds_from_scans_with_and_without(tmp_path: Path) -> None:
    archive = PheSichArchive(write_archive(tmp_path / "data", {"0001": draw_head(Lesion())}))
    network = HaemorrhageNetwork.load(
        write_brightness_network(tmp_path / "weights", types=("any", "IPH", "IVH")), threads=1
    )
    composed = draw_framed_slices(stacks=3)
    without = replace(composed.of(["composed-0"]), stacks=np.repeat(["clear"], 6))
    without = replace(without, images=without.images[[0] * 6], types=np.zeros((6, 6), bool))
    points = choose_thresholds(network, archive, ["0001"], composed.joined_with(without), lambda: None)
    assert {"any", "IPH", "IVH", "study_any", "study_IPH", "study_IVH"} <= set(points.thresholds)
    clear = network.predict_windowed(without.images, lambda _: None, AS_FRAMED).types["any"].max()
    bled = network.predict_windowed(composed.images[:6], lambda _: None, AS_FRAMED).types["any"].max()
    assert clear < points.thresholds["study_any"] <= bled


def test_thresholds_come_from_the_named_patients(tmp_path: Path) -> None:
    heads = {"0001": draw_head(Lesion()), "0002": draw_head(Lesion(column=200), seed=3)}
    archive = PheSichArchive(write_archive(tmp_path / "data", heads))
    network = HaemorrhageNetwork.load(write_brightness_network(tmp_path / "weights"), threads=1)
    done: list[None] = []
    points = choose_thresholds(network, archive, ["0001", "0002"], None, lambda: done.append(None))
    assert len(done) == 2
    assert points.dice["haematoma"] > 0.95
    assert 0.2 <= points.thresholds["haematoma"] <= 0.8
    scored = network.predict_windowed(archive.read("0001").windowed, lambda _: None).types["any"]
    lesion = archive.read("0001").lesion
    assert scored[~lesion].max() < points.thresholds["any"] <= scored[lesion].max()
