from pathlib import Path

import numpy as np

from services.risk_scoring.evaluation.pictures import draw_pictures
from services.risk_scoring.training.design import EXPANSION, Design
from services.risk_scoring.training.nested import AVERAGED, Nested


def test_every_model_gets_its_curve_and_its_reliability(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 4, 40)
    design = Design(EXPANSION, tuple(map(str, range(40))), (), np.zeros((40, 0)), levels, np.ones(40, bool))
    p = rng.random((2, 40))
    nested = Nested(design, {AVERAGED: np.stack([1 - p, p], axis=-1)}, np.zeros((2, 40), np.intp), {})
    drawn = draw_pictures({"expansion_admission": nested}, tmp_path)
    assert [path.name for path in drawn] == ["expansion_admission_roc.png", "expansion_admission_reliability.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
