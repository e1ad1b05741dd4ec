"""Heads from DICOM and from the bleed-free slices of patients who bled elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from services.ct_segmentation.training.composed.head_sources import bleed_free_runs, cq500_head, phe_sich_heads
from services.ct_segmentation.training.phe_sich import LabelledHead, PheSichArchive
from tests.fixtures.composing import thin_head, write_study
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

CLOT = Lesion(row=115, column=160, radius=11, rim=3, slices=(7, 8))


def _labelled(lesion: list[int], slices: int) -> LabelledHead:
    oedema = np.zeros((slices, 8, 8), np.bool_)
    oedema[lesion, 4, 4] = True
    return LabelledHead("0001", tuple("a" * slices), np.zeros((slices, 8, 8), np.uint8), oedema, ((),) * slices)


@pytest.mark.parametrize(
    ("lesion", "slices", "runs"),
    [
        ([10, 12], 24, [(0, 8), (15, 24)]),
        ([5, 6], 24, [(9, 24)]),  # below are three slices: too few
        ([12], 16, [(0, 10)]),
        ([], 9, [(0, 9)]),
    ],
)
def test_runs_keep_two_slices_away_from_any_lesion(lesion: list[int], slices: int, runs: list[tuple[int, int]]) -> None:
    assert bleed_free_runs(_labelled(lesion, slices)) == runs


def test_heads_come_from_the_given_patients_and_show_none_of_their_blood(tmp_path: Path) -> None:
    drawn = {f"000{i}": draw_head(CLOT, slices=16, seed=i, size=256, scale=0.5) for i in (1, 2, 3)}
    archive = PheSichArchive(write_archive(tmp_path, drawn))
    heads = list(phe_sich_heads(archive, ["0001", "0003"]))
    assert {head.name.split(":")[0] for head in heads} == {"0001", "0003"}
    for head in heads:
        assert head.hu.shape[1:] == (256, 256)
        assert head.hu[head.depth_mm > 4].max() < 50  # clot is drawn with 64 HU
        assert len(head.hu) >= 5


def test_slices_with_unmarked_blood_are_left_out(tmp_path: Path) -> None:
    head = draw_head(None, slices=14, size=256, scale=0.5)
    rows, columns = np.indices(head.hu.shape[1:])
    head.hu[6][np.hypot(rows - 125, columns - 125) < 9] = 64
    archive = PheSichArchive(write_archive(tmp_path, {"0001": head}))
    [part] = phe_sich_heads(archive, ["0001"])
    assert len(part.hu) == 7
    assert part.hu[part.depth_mm > 4].max() < 50


def test_a_dicom_study_becomes_a_head_of_the_same_size(tmp_path: Path) -> None:
    path = write_study(tmp_path / "study.zip")
    head = cq500_head(path, pixel_mm=2.0, merge=2)
    assert head.spacing_mm == pytest.approx((4.8, 2.0, 2.0))
    drawn = thin_head()
    assert head.inside.sum() * head.voxel_ml == pytest.approx(drawn.inside.sum() * drawn.voxel_ml, rel=0.06)
