import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from services.ct_segmentation.__main__ import main
from services.ct_segmentation.training.checkpoint import load_checkpoint
from services.ct_segmentation.training.config import TrainingConfig, read_config
from services.ct_segmentation.training.framed_slices import FramedSlices, framed_slices
from services.ct_segmentation.training.loop import CHECKPOINT, LOG, learning_rate, slice_size, train
from services.ct_segmentation.training.phe_sich import DatasetError
from services.ct_segmentation.training.sampling import SamplingConfig, SliceSampler
from shared.errors import PlatformError
from tests.fixtures.framed import draw_framed_slices
from tests.fixtures.phe_sich import Lesion, draw_head, write_archive

CONFIG = TrainingConfig(
    steps=4,
    small_size=64,
    small_share=0.5,
    warm_up=2,
    validate_every=10,
    checkpoint_every=2,
    threads=1,
    sampling=SamplingConfig(batch=3, real_lesion=0.34, real_clear=0.33, composed_lesion=0.33, composed_clear=0.0),
)


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
    assert data.of(["0002"]).stacks.tolist() == ["0002"] * 5


def test_a_second_reading_takes_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_archive(tmp_path / "data", {"0001": draw_head(Lesion(), slices=5)})
    first = framed_slices(folder, tmp_path / "cache")
    monkeypatch.setattr("services.ct_segmentation.training.framed_slices.PheSichArchive", None)
    assert np.array_equal(framed_slices(folder, tmp_path / "cache").images, first.images)


def test_a_slice_comes_with_its_neighbours_and_the_ends_of_a_scan_with_themselves(data: FramedSlices) -> None:
    assert data.neighbours[[0, 2, 4, 5]].tolist() == [[0, 0, 1], [1, 2, 3], [3, 4, 4], [5, 5, 6]]
    assert np.array_equal(data.triplet(2), data.images[1:4])


@pytest.mark.parametrize("network", ["deep_hemorrhage_net", "plain_unet"])
def test_a_killed_run_goes_on_to_the_very_same_weights(
    data: FramedSlices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: Any
) -> None:
    config, composed = replace(CONFIG, network=network), draw_framed_slices(stacks=3)
    train(data, composed, data, tmp_path / "whole", config)

    def killed_at_the_fourth(sampler: SliceSampler, step: int, size: int, draw: Any = SliceSampler.batch) -> Any:
        if step == 3:
            raise KeyboardInterrupt
        return draw(sampler, step, size)

    with monkeypatch.context() as patch:
        patch.setattr(SliceSampler, "batch", killed_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            train(data, composed, data, tmp_path / "killed", config)
    assert load_checkpoint(tmp_path / "killed" / CHECKPOINT).step == 2
    result = train(data, composed, data, tmp_path / "killed", config)

    whole, resumed = (load_checkpoint(tmp_path / name / CHECKPOINT) for name in ("whole", "killed"))
    assert result["steps"] == whole.step == resumed.step == 4
    for part in ("network", "averaged"):
        assert _same(getattr(whole, part), getattr(resumed, part))
    assert all(_same(whole.types[part], resumed.types[part]) for part in ("bank", "gate"))
    curve, broken = (_losses(tmp_path / name / LOG) for name in ("whole", "killed"))
    assert [row["step"] for row in broken] == ["1", "2", "3", "3", "4"]
    assert [*broken[:3], broken[4]] == curve


def test_a_new_run_may_start_from_the_weights_of_another(data: FramedSlices, tmp_path: Path) -> None:
    train(data, None, data, tmp_path / "first", CONFIG)
    still = replace(CONFIG, steps=0)
    train(data, None, data, tmp_path / "second", still, start_from=tmp_path / "first")
    first, second = (load_checkpoint(tmp_path / name / CHECKPOINT) for name in ("first", "second"))
    assert _same(first.averaged, second.network)


def _same(expected: dict[str, torch.Tensor], got: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(expected[name], got[name]) for name in expected)


def _losses(path: Path) -> list[dict[str, str]]:
    with path.open() as stream:
        return [{name: text for name, text in row.items() if name != "seconds"} for row in csv.DictReader(stream)]


def test_slices_grow_to_the_networks_size_when_most_is_learnt() -> None:
    assert [slice_size(p, TrainingConfig()) for p in (0.0, 0.59, 0.6, 1.0)] == [192, 192, 256, 256]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps = 'many'", "steps"),
        ("learning_rat = 1.0", "learning_rat"),
        ("[imbalance]\nbeta = 2.0", "beta"),
        ("steps =", "no TOML"),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises(PlatformError, match=message):
        read_config(tmp_path / "wrong.toml")


def test_a_configuration_keeps_defaults_for_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text("steps = 7\n[imbalance]\nhard_pixels = false\n")
    config = read_config(tmp_path / "some.toml")
    assert (config.steps, config.imbalance.hard_pixels, config.imbalance.hard_slices) == (7, False, True)
    with pytest.raises(DatasetError, match="No configuration"):
        read_config(tmp_path / "none.toml")


def test_the_learning_rate_warms_up_and_cools_down() -> None:
    config = TrainingConfig(learning_rate=1.0, warm_up=10)
    assert learning_rate(0, 0.0, config) == pytest.approx(0.1)
    assert learning_rate(500, 0.5, config) == pytest.approx(0.505)
    assert learning_rate(999, 1.0, config) == pytest.approx(0.01)


def test_a_run_ends_when_its_minutes_are_over(data: FramedSlices, tmp_path: Path) -> None:
    config = replace(CONFIG, steps=10_000, max_minutes=1e-6)
    assert train(data, None, data, tmp_path, config)["steps"] == 0


def test_a_run_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No checkpoint"):
        load_checkpoint(tmp_path / CHECKPOINT)


def test_the_command_line_trains_and_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_archive(tmp_path, {"0001": draw_head(Lesion(), slices=5), "0002": draw_head(Lesion(), slices=5)})
    for part in ("train", "validation"):
        (tmp_path / f"{part}.txt").write_text("0001\n" if part == "train" else "0002\n")
    options = ["--data", data, "--run", tmp_path / "run", "--cache", tmp_path / "cache", "--splits", tmp_path]
    assert main(["train", *map(str, options), "--steps", "1", "--threads", "1"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["steps"] == 1
    assert {"haematoma_dice", "oedema_dice", "slice_auc"} <= set(printed["validation"])
