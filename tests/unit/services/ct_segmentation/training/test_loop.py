import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.training.checkpoint import load_checkpoint
from services.ct_segmentation.training.framed_slices import FramedSlices, framed_slices
from services.ct_segmentation.training.loop import CHECKPOINT, LOG, TrainingConfig, learning_rate, train
from services.ct_segmentation.training.phe_sich import DatasetError
from services.ct_segmentation.training.sampling import LesionSampler
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

CONFIG = TrainingConfig(steps=4, batch=2, warm_up=2, validate_every=10, checkpoint_every=2, threads=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> FramedSlices:
    heads = {"0001": draw_head(Lesion(), slices=5), "0002": draw_head(Lesion(column=200), slices=5, seed=2)}
    folder = write_archive(tmp_path_factory.mktemp("data"), heads)
    return framed_slices(folder, tmp_path_factory.mktemp("cache"))


def test_slices_are_framed_labelled_and_kept(data: FramedSlices) -> None:
    assert data.images.shape == (10, 256, 256)
    assert data.masks.shape == (10, 2, 256, 256)
    assert np.flatnonzero(data.lesion).tolist() == [3, 4, 8, 9]
    assert (data.masks[data.lesion].max(axis=(2, 3)) == 255).all()
    assert data.masks[~data.lesion].max() == 0
    assert data.of(["0002"]).patients.tolist() == ["0002"] * 5


def test_a_second_reading_takes_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_archive(tmp_path / "data", {"0001": draw_head(Lesion(), slices=5)})
    first = framed_slices(folder, tmp_path / "cache")
    monkeypatch.setattr("services.ct_segmentation.training.framed_slices.PheSichArchive", None)
    assert np.array_equal(framed_slices(folder, tmp_path / "cache").images, first.images)


def test_batches_hold_the_lesion_share_and_depend_on_the_step_alone(data: FramedSlices) -> None:
    sampler = LesionSampler(data, ("any", "IPH", "SDH"), batch=8, lesion_share=0.75, seed=1)
    batch = sampler.batch(5)
    assert batch.slices.shape == (8, 1, 256, 256)
    assert batch.types.tolist() == [[1.0, 1.0, 0.0]] * 6 + [[0.0, 0.0, 0.0]] * 2
    assert batch.labelled.tolist() == [1.0, 1.0, 0.0]
    assert torch.equal(batch.slices, sampler.batch(5).slices)
    assert not torch.equal(batch.slices, sampler.batch(6).slices)


def test_a_killed_run_goes_on_to_the_very_same_weights(
    data: FramedSlices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(data, data, tmp_path / "whole", CONFIG)

    def killed_at_the_fourth(sampler: LesionSampler, step: int, draw: Any = LesionSampler.batch) -> Any:
        if step == 3:
            raise KeyboardInterrupt
        return draw(sampler, step)

    with monkeypatch.context() as patch:
        patch.setattr(LesionSampler, "batch", killed_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            train(data, data, tmp_path / "killed", CONFIG)
    assert load_checkpoint(tmp_path / "killed" / CHECKPOINT).step == 2
    result = train(data, data, tmp_path / "killed", CONFIG)

    whole, resumed = (load_checkpoint(tmp_path / name / CHECKPOINT) for name in ("whole", "killed"))
    assert result["steps"] == whole.step == resumed.step == 4
    for weights in ("network", "averaged"):
        expected, got = getattr(whole, weights), getattr(resumed, weights)
        assert all(torch.equal(expected[name], got[name]) for name in expected)
    with (tmp_path / "killed" / LOG).open() as stream:
        assert [row["step"] for row in csv.DictReader(stream)] == ["1", "2", "3", "3", "4"]


def test_the_learning_rate_warms_up_and_cools_down() -> None:
    config = TrainingConfig(learning_rate=1.0, warm_up=10)
    assert learning_rate(0, 0.0, config) == pytest.approx(0.1)
    assert learning_rate(500, 0.5, config) == pytest.approx(0.505)
    assert learning_rate(999, 1.0, config) == pytest.approx(0.01)


def test_a_run_ends_when_its_minutes_are_over(data: FramedSlices, tmp_path: Path) -> None:
    config = TrainingConfig(steps=10_000, batch=2, threads=1, max_minutes=1e-6)
    assert train(data, data, tmp_path, config)["steps"] == 0


def test_a_run_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No checkpoint"):
        load_checkpoint(tmp_path / CHECKPOINT)


def test_the_command_line_trains_and_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_archive(tmp_path, {"0001": draw_head(Lesion(), slices=5), "0002": draw_head(Lesion(), slices=5)})
    for part in ("train", "validation"):
        (tmp_path / f"{part}.txt").write_text("0001\n" if part == "train" else "0002\n")
    options = ["--data", data, "--run", tmp_path / "run", "--cache", tmp_path / "cache", "--splits", tmp_path]
    assert main(["train", *map(str, options), "--steps", "1", "--batch", "2", "--threads", "1"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["steps"] == 1
    assert set(printed["validation"]) == {"haematoma_dice", "oedema_dice", "slice_auc"}
