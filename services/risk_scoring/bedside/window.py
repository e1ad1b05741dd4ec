"""The rolling window: which observations had happened by now, each once, and how far each is believed."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from services.risk_scoring.bedside.observations import (
    BehaviourEvent,
    BloodPressure,
    ConsciousnessCheck,
    HeartRate,
    Observation,
    OxygenSaturation,
    Respiration,
    Temperature,
)
from services.risk_scoring.bedside.weights import BedsideWeights

Measured = HeartRate | BloodPressure | OxygenSaturation | Respiration | Temperature | ConsciousnessCheck
Kind = TypeVar("Kind", bound=Observation)


class Window:
    """What is known at ``now``, by the time it happened and not by the time it arrived.

    ``notes`` counts, by code, what was not used.
    """

    def __init__(self, observations: Iterable[Observation], weights: BedsideWeights, now: datetime) -> None:
        self.weights = weights
        self.now = now
        self.notes: Counter[str] = Counter()
        self._known: list[Observation] = []
        for observation in set(observations):
            if observation.began > now:
                self.notes["in_the_future"] += 1
            else:
                self._known.append(observation)

    def of(self, kind: type[Kind], remembers_s: float) -> list[Kind]:
        """The observations of ``kind`` that lie, or end, within the last ``remembers_s``, in no order."""
        since = self.now - timedelta(seconds=remembers_s)
        return [known for known in self._known if isinstance(known, kind) and known.ended >= since]

    def trusted(self, measured: Measured) -> float:
        """How far a measurement is believed: its quality times what its source is worth; 0 under the source's limit."""
        trust = self.weights.trust[measured.source]
        return trust.value * measured.quality if measured.quality >= trust.ignores_below else 0.0

    def certain(self, event: BehaviourEvent) -> float:
        """An event's confidence; 0 under the limit."""
        return event.confidence if event.confidence >= self.weights.behaviour.ignores_below else 0.0

    def action_of(self, event: BehaviourEvent) -> str | None:
        """The action that the event's name stands for; None where no weight knows it."""
        return self.weights.action_names.get(event.action.strip().lower().replace(" ", "_").replace("-", "_"))
