from dataclasses import replace

import numpy as np
import pytest

from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.type_calibration import calibrate_types
from tests.fixtures.framed import draw_framed_slices

RNG = np.random.default_rng(0)
COUNT = 600


def _slices(types: np.ndarray, known: np.ndarray) -> FramedSlices:
    blank = draw_framed_slices(1)
    return replace(blank, types=types, known=known)


def _labels_for(logits: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    return np.asarray(RNG.random(len(logits)) < 1 / (1 + np.exp(-(slope * logits + intercept))))


def test_logits_that_are_too_extreme_and_too_high_are_brought_to_what_was_seen() -> None:
    logits = RNG.normal(0, 3, (COUNT, 6)).astype(np.float32)
    types = np.stack([_labels_for(logits[:, 0], 0.7, -1.0)] * 6, axis=1)
    fitted = calibrate_types([(_slices(types, np.ones_like(types)), logits)])
    assert fitted.scale[0] == pytest.approx(0.7, abs=0.12)
    assert fitted.bias[0] == pytest.approx(-1.0, abs=0.35)
    mean = (1 / (1 + np.exp(-(fitted.scale[0] * logits[:, 0] + fitted.bias[0])))).mean()
    assert mean == pytest.approx(types[:, 0].mean(), abs=1e-3)


def test_the_first_set_that_shows_a_type_decides_and_unknown_labels_do_not_count() -> None:
    logits = np.zeros((COUNT, 6), np.float32)
    logits += RNG.normal(0, 1, logits.shape).astype(np.float32)
    real, composed = np.zeros((COUNT, 6), bool), np.zeros((COUNT, 6), bool)
    real[: COUNT // 5] = True
    composed[: COUNT // 2] = True
    known = np.tile([True, True, False, False, False, False], (COUNT, 1))
    fitted = calibrate_types([(_slices(real, known), logits), (_slices(composed, np.ones_like(known)), logits)])
    assert fitted.bias[0] == pytest.approx(np.log(0.2 / 0.8), abs=0.2)
    assert fitted.bias[4] == pytest.approx(0.0, abs=0.2)


def test_perfectly_ranked_slices_keep_their_slope_and_get_their_share() -> None:
    logits = np.linspace(-4, 4, COUNT, dtype=np.float32)[:, None].repeat(6, axis=1)
    types = logits > 2
    fitted = calibrate_types([(_slices(types, np.ones_like(types)), logits)])
    assert fitted.scale[0] == 1.0
    assert (1 / (1 + np.exp(-(logits[:, 0] + fitted.bias[0])))).mean() == pytest.approx(types[:, 0].mean(), abs=1e-3)


def test_a_type_that_nobody_shows_keeps_its_logits() -> None:
    types = np.zeros((COUNT, 6), bool)
    fitted = calibrate_types([(_slices(types, np.ones_like(types)), np.zeros((COUNT, 6), np.float32))])
    assert (fitted.scale[3], fitted.bias[3]) == (1.0, 0.0)
