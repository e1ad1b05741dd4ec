"""Behaviour: how long each abnormal action was surely seen, and who did not get up after a fall."""

from collections.abc import Iterator

from services.risk_scoring.bedside.contribution import Contribution, contribution
from services.risk_scoring.bedside.evidence import Span, duration_strength, recent, seconds_seen
from services.risk_scoring.bedside.observations import BehaviourEvent
from services.risk_scoring.bedside.window import Window


def behaviour(window: Window) -> Iterator[Contribution]:
    """A contribution for each action that was seen."""
    for action, weight in window.weights.actions.items():
        spans = recent((_span(window, e) for e in _events(window, action)), window.now, weight.remembers_s)
        strength = duration_strength(spans, weight.full_after_s)
        words = action.replace("_", " ")
        why = f"{words} for {seconds_seen(spans):.0f} s" if weight.full_after_s else f"{words} seen"
        yield from contribution(action, "behaviour", weight, strength, why)


def long_lie(window: Window) -> Iterator[Contribution]:
    """Lying that began soon after a fall, each stretch as sure as the less sure of the two."""
    weight = window.weights.combinations.long_lie
    lying = [
        Span(max(lie.started_at, fall.started_at), lie.ended_at, min(window.certain(fall), window.certain(lie)))
        for fall in _events(window, "falling")
        for lie in _events(window, "lying")
        if lie.ended_at > fall.started_at and (lie.started_at - fall.ended_at).total_seconds() <= weight.within_s
    ]
    spans = recent(lying, window.now, weight.remembers_s)
    why = f"lying for {seconds_seen(spans):.0f} s after a fall"
    yield from contribution("long_lie", "combination", weight, duration_strength(spans, weight.full_after_s), why)


def count_unused(window: Window) -> None:
    """Note the events that no weight knows, and those too uncertain to say anything."""
    for event in window.of(BehaviourEvent, window.weights.memory_s["behaviour"]):
        if window.action_of(event) is None:
            window.notes["unknown_action"] += 1
        elif not window.certain(event):
            window.notes["low_confidence"] += 1


def _events(window: Window, action: str) -> list[BehaviourEvent]:
    events = window.of(BehaviourEvent, window.weights.memory_s["behaviour"])
    return [event for event in events if window.action_of(event) == action]


def _span(window: Window, event: BehaviourEvent) -> Span:
    return Span(event.started_at, event.ended_at, window.certain(event))
