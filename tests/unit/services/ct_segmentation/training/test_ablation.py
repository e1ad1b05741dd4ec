from dataclasses import replace
from pathlib import Path

import pytest

from services.ct_segmentation.training.ablation import ALL, NONE, PEER, AblationData, ablate, as_markdown, variants
from services.ct_segmentation.training.config import CONFIGS_FOLDER, TrainingConfig, read_config
from services.ct_segmentation.training.imbalance.config import PARTS
from services.ct_segmentation.training.sampling import SamplingConfig
from tests.fixtures.framed import draw_framed_slices

CONFIG = TrainingConfig(
    steps=1,
    size=64,
    small_size=64,
    threads=1,
    sampling=SamplingConfig(batch=2, real_lesion=0.5, real_clear=0.0, composed_lesion=0.5, composed_clear=0.0),
)


def test_every_variant_has_one_part_off_but_the_last_two() -> None:
    made = variants(CONFIG)
    off = {name: [p for p in PARTS if not getattr(config.imbalance, p)] for name, config in made.items()}
    assert off == {ALL: [], **{f"without {part}": [part] for part in PARTS}, NONE: [*PARTS], PEER: [*PARTS]}
    assert [name for name, config in made.items() if config.network == "plain_unet"] == [PEER]
    assert {replace(c, imbalance=CONFIG.imbalance, network=CONFIG.network) for c in made.values()} == {CONFIG}


def test_the_shipped_comparison_has_every_part_on() -> None:
    config = read_config(CONFIGS_FOLDER / "ablation.toml")
    assert all(getattr(config.imbalance, part) for part in PARTS)
    assert config.small_size == config.size


def test_a_comparison_tells_each_variants_figures_and_is_not_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, composed = draw_framed_slices(2, prefix="real"), draw_framed_slices(2, seed=1)
    data = AblationData(real, composed, real, composed)
    report = ablate(data, CONFIG, tmp_path, [ALL, PEER])
    assert list(report["variants"]) == [ALL, PEER]
    for figures in report["variants"].values():
        assert {"haematoma_dice", "slice_auc_any", "composed haematoma_dice", "composed slice_auc_any"} <= set(figures)
        assert "composed oedema_dice" not in figures  # composed rims are not taught
        assert all(0 <= figure["value"] <= 1 for figure in figures.values())
    monkeypatch.setattr("services.ct_segmentation.training.ablation.train", None)
    assert ablate(data, CONFIG, tmp_path, [ALL, PEER])["variants"] == report["variants"]


def test_the_table_has_a_line_for_each_variant_and_leaves_unknown_figures_out() -> None:
    half = {"value": 0.5, "low": 0.25, "high": 0.75}
    table = as_markdown({"variants": {"one": {"dice": half}, "two": {"dice": half, "auc": half}}})
    assert table.splitlines() == [
        "|  | dice | auc |",
        "| --- | --- | --- |",
        "| one | 0.50 [0.25, 0.75] |  |",
        "| two | 0.50 [0.25, 0.75] | 0.50 [0.25, 0.75] |",
    ]
