from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.risk_scoring.bedside.observations import History, Observation
from tests.fixtures.bedside import NOW, PATIENT, observations
from tests.fixtures.properties import for_all

_ANY: TypeAdapter[Observation] = TypeAdapter(Observation)
_MOMENT = {"patient_id": PATIENT, "at": NOW, "quality": 1.0, "source": "monitor"}
_INTERVAL = {"patient_id": PATIENT, "started_at": NOW, "ended_at": NOW + timedelta(seconds=3)}


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        (_MOMENT | {"kind": "blood_pressure", "systolic_mmhg": 90, "diastolic_mmhg": 120}, "diastolic_mmhg"),
        (_MOMENT | {"kind": "blood_pressure", "systolic_mmhg": -1, "diastolic_mmhg": 20}, "systolic_mmhg"),
        (_MOMENT | {"kind": "heart_rate", "bpm": 0}, "bpm"),
        (_MOMENT | {"kind": "heart_rate", "bpm": float("nan")}, "bpm"),
        (_MOMENT | {"kind": "heart_rate", "bpm": 70, "quality": 1.2}, "quality"),
        (_MOMENT | {"kind": "heart_rate", "bpm": 70, "source": "guess"}, "source"),
        (_MOMENT | {"kind": "heart_rate", "bpm": 70, "at": datetime(2024, 5, 17)}, "at"),
        (_MOMENT | {"kind": "spo2", "percent": 101}, "percent"),
        (_MOMENT | {"kind": "temperature", "celsius": 98.6}, "celsius"),
        (_MOMENT | {"kind": "consciousness", "state": "asleep"}, "state"),
        (_INTERVAL | {"kind": "behaviour", "action": "", "confidence": 1}, "action"),
        (_INTERVAL | {"kind": "watched", "quality": 1, "ended_at": NOW - timedelta(seconds=1)}, "ended_at"),
        (_MOMENT | {"kind": "smell"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_by_field(facts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _ANY.validate_python(facts)

    first = refused.value.errors()[0]
    assert complaint in f"{first['loc']} {first['msg']}"


def test_a_misspelt_part_of_the_history_is_refused() -> None:
    with pytest.raises(ValidationError, match="hypertention"):
        History.model_validate({"hypertention": True})


def test_one_instant_in_two_time_zones_is_one_observation() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    facts = _MOMENT | {"kind": "heart_rate", "bpm": 70}

    assert len({_ANY.validate_python(facts), _ANY.validate_python(facts | {"at": there})}) == 1


@for_all(observations())
def test_observations_survive_json(observation: Observation) -> None:
    assert _ANY.validate_json(_ANY.dump_json(observation)) == observation
