import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.observations import History
from services.risk_scoring.bedside.weights import WEIGHTS_FILE, BedsideWeights, BedsideWeightsError, load_weights

_SHIPPED = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))


def test_every_weight_states_its_reason() -> None:
    def weights(part: Any) -> list[dict[str, Any]]:
        if not isinstance(part, dict):
            return []
        here = [part] if "weight" in part else []
        return here + [found for inner in part.values() for found in weights(inner)]

    found = weights(_SHIPPED)
    assert len(found) >= 25
    assert all(len(part["reason"]) >= 20 and part["basis"] in {"source", "judgement"} for part in found)


def test_every_part_of_the_history_is_weighed() -> None:
    assert set(load_weights().history) | {"age_years"} == set(History.model_fields)


def test_levels_go_by_rank_and_not_by_the_alphabet() -> None:
    assert sorted([RiskLevel.RED, RiskLevel.AMBER, RiskLevel.GREEN]) == ["green", "amber", "red"]
    assert RiskLevel.AMBER > RiskLevel.GREEN
    assert RiskLevel.RED >= RiskLevel.AMBER
    assert RiskLevel.GREEN <= RiskLevel.GREEN
    assert max(RiskLevel) is RiskLevel.RED
    assert [level.below for level in RiskLevel] == ["green", "green", "amber"]


def test_every_kind_of_observation_has_a_memory() -> None:
    assert set(load_weights().memory_s) == {
        *("heart_rate", "blood_pressure", "spo2", "respiration", "temperature", "consciousness"),
        *("behaviour", "watched", "ct"),
    }


def _changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    weights = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    change(weights)
    return weights


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda w: w["actions"]["falling"].update(reason="?"), "actions.falling.reason"),
        (lambda w: w["actions"]["falling"].pop("reason"), "actions.falling.reason"),
        (lambda w: w["actions"]["falling"].update(weight=-1), "actions.falling.weight"),
        (lambda w: w["actions"]["falling"].update(wieght=1), "actions.falling.wieght"),
        (lambda w: w["actions"].pop("lying"), "falling and lying"),
        (lambda w: w["actions"]["falling"].update(also=["stagger"]), "two meanings"),
        (lambda w: w["levels"].update(amber_off=40), "amber_off, amber_on, red_off, red_on"),
        (lambda w: w["hysteresis"].update(up=6), "must fit into slots"),
        (lambda w: w["hysteresis"].update(up=1, down=4), "overlap"),
        (lambda w: w["alerts"].update(from_level="green"), "alerts.from_level"),
        (lambda w: w["shares"].update(history=0.5), "add up to 1"),
        (lambda w: w["history"].pop("hypertension"), "history must weigh"),
        (lambda w: w["age"].update(weight=20), "ill by background alone"),
        (lambda w: w["trust"].pop("rppg"), "lacks rppg"),
        (lambda w: w["trust"]["rppg"].update(value=1.1), "trust.rppg.value"),
        (lambda w: w["vitals"]["blood_pressure"].update(steps=[[180, 0.7], [160, 0.9]]), "limits must rise"),
        (lambda w: w["vitals"]["blood_pressure"].update(steps=[[160, 0.9], [180, 0.7]]), "severities must rise"),
        (lambda w: w["combinations"]["raised_pressure"].update(pulse_steps=[[50, 0.5], [60, 1]]), "limits must fall"),
        (lambda w: w["consciousness"]["states"].pop("voice"), "consciousness.states"),
        (lambda w: w["consciousness"]["states"].update(voice=1.0), "consciousness.states"),
        (lambda w: w["heart_rate"].update(weight=float("inf")), "heart_rate.weight"),
    ],
)
def test_weights_that_make_no_sense_are_refused(change: Callable[[dict[str, Any]], None], complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BedsideWeights.model_validate(_changed(change))

    told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in refused.value.errors())
    assert complaint in told


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BedsideWeightsError, match="cannot be read"):
        load_weights(tmp_path / "bedside.toml")


@pytest.mark.parametrize(("text", "complaint"), [("version = ", "no TOML"), ('version = "1"', "levels")])
def test_a_file_that_is_no_weights_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "bedside.toml"
    path.write_text(text)

    with pytest.raises(BedsideWeightsError, match=complaint):
        load_weights(path)
