"""The weights of the bedside risk: read from TOML, each with its reason, and checked before anything is scored."""

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.observations import History
from services.risk_scoring.scores.news2 import Consciousness
from shared.errors import PlatformError

WEIGHTS_FILE: Final = Path(__file__).with_name("weights.toml")
BACKGROUND: Final = frozenset(History.model_fields) - {"age_years"}

Points = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
Span = Annotated[float, Field(gt=0)]
Words = Annotated[str, Field(min_length=20)]


class BedsideWeightsError(PlatformError):
    """The weights file cannot be read as one."""

    code = "bedside_weights_invalid"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _severities_rise(steps: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    severities = [severity for _, severity in steps]
    if severities != sorted(severities) or not all(0 <= severity <= 1 for severity in severities):
        raise ValueError("severities must rise from step to step, within 0 and 1")
    return steps


def _limits_rise(steps: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if sorted(steps) != list(steps):
        raise ValueError("limits must rise from step to step")
    return steps


def _limits_fall(steps: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if sorted(steps, reverse=True) != list(steps):
        raise ValueError("limits must fall from step to step")
    return steps


_Steps = Annotated[tuple[tuple[float, float], ...], Field(min_length=1), AfterValidator(_severities_rise)]
RisingSteps = Annotated[_Steps, AfterValidator(_limits_rise)]
FallingSteps = Annotated[_Steps, AfterValidator(_limits_fall)]


def severity_from(steps: RisingSteps, value: float) -> float:
    """The severity of the last step that ``value`` reaches from below; 0 under the first."""
    return max((severity for limit, severity in steps if value >= limit), default=0.0)


def severity_down_to(steps: FallingSteps, value: float) -> float:
    """The severity of the last step that ``value`` reaches from above; 0 over the first."""
    return max((severity for limit, severity in steps if value <= limit), default=0.0)


class Levels(_Part):
    """The scores at which a level begins and ends."""

    amber_on: Points
    amber_off: Points
    red_on: Points
    red_off: Points
    reason: Words

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 < self.amber_off <= self.amber_on <= self.red_off <= self.red_on:
            raise ValueError("the thresholds must rise: amber_off, amber_on, red_off, red_on")
        return self

    def on(self, level: RiskLevel) -> float:
        """The score from which on an evaluation speaks for ``level``."""
        return {RiskLevel.GREEN: 0.0, RiskLevel.AMBER: self.amber_on, RiskLevel.RED: self.red_on}[level]

    def off(self, level: RiskLevel) -> float:
        """The score under which an evaluation speaks against ``level``."""
        return {RiskLevel.GREEN: 0.0, RiskLevel.AMBER: self.amber_off, RiskLevel.RED: self.red_off}[level]


class Hysteresis(_Part):
    """Evaluations count once a slot of ``slot_s``; ``up`` or ``down`` of the last ``slots`` move the level."""

    slot_s: Span
    slots: Annotated[int, Field(ge=1)]
    up: Annotated[int, Field(ge=1)]
    down: Annotated[int, Field(ge=1)]
    confident_from: Share
    critical_at_once: bool
    critical_from: Share
    reason: Words

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if max(self.up, self.down) > self.slots or self.up + self.down <= self.slots:
            raise ValueError("up and down must fit into slots, and overlap: both could be met at once otherwise")
        return self


class AlertRules(_Part):
    """From which level on somebody is called, and how often."""

    from_level: Literal[RiskLevel.AMBER, RiskLevel.RED]
    cooldown_s: Span
    remind_every_s: Seconds = Field(description="0: never")
    reason: Words


class Trust(_Part):
    """How far a source is believed at best, and under which quality it says nothing."""

    value: Share
    ignores_below: Share
    basis: Literal["source", "judgement"]
    reason: Words


class Weighted(_Part):
    """The most points that a sign gives, and why."""

    weight: Points
    critical: bool = False
    basis: Literal["source", "judgement"]
    reason: Words


class Remembered(Weighted):
    """A sign that counts for ``remembers_s`` after it was seen."""

    remembers_s: Span


class HeartRateWeight(Remembered):
    """A sample stands for the ``covers_s`` before it; ``sustained_s`` of full severity give all points."""

    covers_s: Span
    sustained_s: Span
    disagree_bpm: Span


class BloodPressureWeight(Remembered):
    """Severity by systolic pressure."""

    steps: RisingSteps


class ConsciousnessWeight(Remembered):
    """Severity by state."""

    states: dict[Consciousness, Share]

    @field_validator("states")
    @classmethod
    def _graver_weigh_more(cls, states: dict[Consciousness, float]) -> dict[Consciousness, float]:
        order = get_args(Consciousness)
        if set(states) != set(order) or [states[state] for state in order] != sorted(states.values()):
            raise ValueError(f"severities must rise over all of {', '.join(order)}")
        return states


class Vitals(_Part):
    """Vital signs read one at a time; the bands of the last three are NEWS2's."""

    blood_pressure: BloodPressureWeight
    spo2: Remembered
    respiration: Remembered
    temperature: Remembered


class Behaviour(_Part):
    """Under which confidence an event says nothing, and how much film a confident judgement needs."""

    ignores_below: Share
    watch_s: Span
    reason: Words


class ActionWeight(Remembered):
    """``full_after_s`` of a certain action give all points; with 0, one moment does."""

    full_after_s: Seconds
    also: tuple[str, ...] = ()


class LongLieWeight(Remembered):
    """Lying that begins ``within_s`` of a fall."""

    full_after_s: Span
    within_s: Seconds


class RaisedPressureWeight(Weighted):
    """High systolic pressure together with a slow pulse."""

    systolic_steps: RisingSteps
    pulse_steps: FallingSteps


class Combinations(_Part):
    """Signs that mean more together."""

    long_lie: LongLieWeight
    raised_pressure: RaisedPressureWeight


class AgeWeight(Weighted):
    """Severity by age."""

    steps: RisingSteps


class Shares(_Part):
    """What a complete picture is made of."""

    behaviour: Share
    heart_rate: Share
    blood_pressure: Share
    consciousness: Share
    spo2: Share
    respiration: Share
    temperature: Share
    history: Share
    reason: Words

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if abs(sum(self.of_signals().values()) - 1) > 1e-9:
            raise ValueError("the shares must add up to 1")
        return self

    def of_signals(self) -> dict[str, float]:
        """The share of every signal."""
        return {name: value for name, value in self if isinstance(value, float)}


class BedsideWeights(_Part):
    """All that the bedside risk is made of."""

    version: Annotated[str, Field(min_length=1, max_length=32)]
    levels: Levels
    hysteresis: Hysteresis
    alerts: AlertRules
    trust: dict[Literal["rppg", "wearable", "monitor", "staff"], Trust]
    shares: Shares
    heart_rate: HeartRateWeight
    vitals: Vitals
    consciousness: ConsciousnessWeight
    behaviour: Behaviour
    actions: dict[str, ActionWeight]
    combinations: Combinations
    ct_haemorrhage: Remembered
    age: AgeWeight
    history: dict[str, Weighted]

    @field_validator("trust")
    @classmethod
    def _all_sources(cls, trust: dict[str, Trust]) -> dict[str, Trust]:
        if missing := {"rppg", "wearable", "monitor", "staff"} - set(trust):
            raise ValueError(f"lacks {', '.join(sorted(missing))}")
        return trust

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.history) != BACKGROUND:
            raise ValueError(f"history must weigh exactly {', '.join(sorted(BACKGROUND))}")
        background = self.age.weight + sum(part.weight for part in self.history.values())
        if background >= self.levels.amber_off:
            raise ValueError("age and history together must stay under amber_off: nobody is ill by background alone")
        if not {"falling", "lying"} <= set(self.actions):
            raise ValueError("actions must hold falling and lying, which long_lie reads")
        names = [name for action, weight in self.actions.items() for name in (action, *weight.also)]
        if len(names) != len(set(names)):
            raise ValueError("an action has two meanings; each name may stand once, in actions and also together")
        return self

    @cached_property
    def action_names(self) -> dict[str, str]:
        """From every name that recognisers use to the action that it stands for."""
        return {name: action for action, weight in self.actions.items() for name in (action, *weight.also)}

    @property
    def memory_s(self) -> dict[str, float]:
        """By kind of observation, how far back one can count: what a caller must fetch at least."""
        seen = (*self.actions.values(), self.combinations.long_lie)
        return {
            "heart_rate": self.heart_rate.remembers_s,
            "blood_pressure": self.vitals.blood_pressure.remembers_s,
            "spo2": self.vitals.spo2.remembers_s,
            "respiration": self.vitals.respiration.remembers_s,
            "temperature": self.vitals.temperature.remembers_s,
            "consciousness": self.consciousness.remembers_s,
            "behaviour": max(self.behaviour.watch_s, *(part.remembers_s for part in seen)),
            "watched": self.behaviour.watch_s,
            "ct": self.ct_haemorrhage.remembers_s,
        }


def load_weights(path: Path = WEIGHTS_FILE) -> BedsideWeights:
    """Read and check the weights in ``path``; raises BedsideWeightsError, which names every wrong entry."""
    try:
        return BedsideWeights.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BedsideWeightsError(f"The weights {path.name} cannot be read; put the file in its place.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BedsideWeightsError(f"The weights {path.name} are no TOML: {error}; correct them.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise BedsideWeightsError(f"The weights {path.name} are not usable: {wrong}; correct them.") from error
