"""What is known beforehand: age, history, and a bleed on a recent CT."""

from collections.abc import Iterator

from services.risk_scoring.bedside.contribution import Contribution, contribution
from services.risk_scoring.bedside.observations import CtFinding, History
from services.risk_scoring.bedside.weights import severity_from
from services.risk_scoring.bedside.window import Window


def background(window: Window, history: History) -> Iterator[Contribution]:
    """Age and every part of the history that is known to be there."""
    age, weights = history.age_years, window.weights
    if age is not None:
        yield from contribution("age", "history", weights.age, severity_from(weights.age.steps, age), f"age {age:.0f}")
    for name, weight in weights.history.items():
        if getattr(history, name):
            yield from contribution(name, "history", weight, 1.0, name.replace("_", " "))


def ct_haemorrhage(window: Window) -> Iterator[Contribution]:
    """The surest bleed that a CT of the last hours shows."""
    weight = window.weights.ct_haemorrhage
    findings = window.of(CtFinding, weight.remembers_s)
    strength = max((finding.quality for finding in findings if finding.haemorrhage), default=0.0)
    yield from contribution("ct_haemorrhage", "ct", weight, strength, "haemorrhage on a recent head CT")


def history_coverage(history: History) -> float:
    """From 0 to 1: how much of the history is known."""
    known = [value is not None for _, value in history]
    return sum(known) / len(known)
