from dataclasses import asdict
from typing import Any

import pytest

from services.ct_segmentation.training.imbalance.config import PARTS, ImbalanceConfig, ImbalanceConfigError


def test_an_ablation_turns_off_one_part_and_nothing_else() -> None:
    whole = asdict(ImbalanceConfig())
    for part in PARTS:
        changed = {name for name, value in asdict(ImbalanceConfig().without(part)).items() if value != whole[name]}
        assert changed == {part}


def test_every_switch_is_a_part_and_the_baseline_has_none_on() -> None:
    switches = {name for name, value in asdict(ImbalanceConfig()).items() if isinstance(value, bool)}
    assert switches == set(PARTS)
    assert not any(getattr(ImbalanceConfig(beta=0.9).plain(), part) for part in PARTS)
    assert ImbalanceConfig(beta=0.9).plain().beta == 0.9


def test_a_part_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ImbalanceConfigError, match=r"no imbalance part 'magic'.*hard_pixels"):
        ImbalanceConfig().without("magic")


@pytest.mark.parametrize(
    "setting", [{"beta": 1.0}, {"gamma": -1.0}, {"slice_share": 0.0}, {"gate_limit": 0.5}, {"danger_neighbours": 1}]
)
def test_a_setting_out_of_range_is_refused_by_name(setting: dict[str, Any]) -> None:
    with pytest.raises(ImbalanceConfigError, match=next(iter(setting))):
        ImbalanceConfig(**setting)
