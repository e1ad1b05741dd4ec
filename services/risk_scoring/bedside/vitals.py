"""Vital signs: the worst believed reading of each within its time, so that one good reading hides no bad one."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from services.risk_scoring.bedside.contribution import Contribution, contribution
from services.risk_scoring.bedside.heart_rate import slow_pulse_strength
from services.risk_scoring.bedside.observations import (
    BloodPressure,
    ConsciousnessCheck,
    OxygenSaturation,
    Respiration,
    Temperature,
)
from services.risk_scoring.bedside.weights import Remembered, severity_from
from services.risk_scoring.bedside.window import Window
from services.risk_scoring.scores.news2 import RESPIRATION, SPO2_SCALE_1, TEMPERATURE, to_chart
from services.risk_scoring.scores.table import row_of

Vital = TypeVar("Vital", BloodPressure, OxygenSaturation, Respiration, Temperature, ConsciousnessCheck)


def vitals(window: Window) -> Iterator[Contribution]:
    """A contribution for each vital sign that is out of its range."""
    weights = window.weights
    steps, states = weights.vitals.blood_pressure.steps, weights.consciousness.states
    yield from _worst(
        window,
        BloodPressure,
        weights.vitals.blood_pressure,
        lambda reading: severity_from(steps, reading.systolic_mmhg),
        lambda reading: f"systolic pressure {reading.systolic_mmhg:.0f} mmHg",
    )
    yield from _worst(
        window,
        OxygenSaturation,
        weights.vitals.spo2,
        lambda reading: row_of(SPO2_SCALE_1, reading.percent).points / 3,
        lambda reading: f"oxygen saturation {reading.percent:.0f} %",
    )
    yield from _worst(
        window,
        Respiration,
        weights.vitals.respiration,
        lambda reading: row_of(RESPIRATION, reading.per_min).points / 3,
        lambda reading: f"respiration {reading.per_min:.0f} /min",
    )
    yield from _worst(
        window,
        Temperature,
        weights.vitals.temperature,
        lambda reading: row_of(TEMPERATURE, to_chart(reading.celsius)).points / 3,
        lambda reading: f"temperature {reading.celsius:.1f} °C",
    )
    yield from _worst(
        window,
        ConsciousnessCheck,
        weights.consciousness,
        lambda reading: states[reading.state],
        lambda reading: f"consciousness: {reading.state.replace('_', ' ')}",
    )


def raised_pressure(window: Window) -> Iterator[Contribution]:
    """High systolic pressure and a slow pulse together, as strong as the weaker of the two."""
    weight = window.weights.combinations.raised_pressure
    readings = window.of(BloodPressure, window.weights.vitals.blood_pressure.remembers_s)
    high = max((severity_from(weight.systolic_steps, r.systolic_mmhg) * window.trusted(r) for r in readings), default=0)
    strength = min(high, slow_pulse_strength(window))
    yield from contribution(
        "raised_pressure", "combination", weight, strength, "high systolic pressure together with a slow pulse"
    )


def vital_coverage(window: Window) -> dict[str, float]:
    """From 0 to 1 for each vital sign: how far its best reading within its time is believed."""
    weights = window.weights

    def best(kind: type[Vital], remembers_s: float) -> float:
        return max((window.trusted(reading) for reading in window.of(kind, remembers_s)), default=0.0)

    return {
        "blood_pressure": best(BloodPressure, weights.vitals.blood_pressure.remembers_s),
        "spo2": best(OxygenSaturation, weights.vitals.spo2.remembers_s),
        "respiration": best(Respiration, weights.vitals.respiration.remembers_s),
        "temperature": best(Temperature, weights.vitals.temperature.remembers_s),
        "consciousness": best(ConsciousnessCheck, weights.consciousness.remembers_s),
    }


def _worst(
    window: Window,
    kind: type[Vital],
    weight: Remembered,
    severity: Callable[[Vital], float],
    words: Callable[[Vital], str],
) -> Iterator[Contribution]:
    rated = [(severity(r) * window.trusted(r), r) for r in window.of(kind, weight.remembers_s)]
    if rated:
        # By time and words too, so that of two equally bad ones the same is told whatever their order.
        strength, worst = max(rated, key=lambda pair: (pair[0], pair[1].at, words(pair[1])))
        yield from contribution(worst.kind, "vitals", weight, strength, f"{words(worst)} at {worst.at:%H:%M} UTC")
