"""From everything known of one patient now to one score, each sign's part in it, and how much was seen."""

from collections.abc import Iterable
from datetime import datetime
from math import fsum

from pydantic import BaseModel, ConfigDict, Field

from services.risk_scoring.bedside.background import background, ct_haemorrhage, history_coverage
from services.risk_scoring.bedside.behaviour import behaviour, count_unused, long_lie
from services.risk_scoring.bedside.contribution import Contribution
from services.risk_scoring.bedside.evidence import Span, certain_seconds, recent
from services.risk_scoring.bedside.heart_rate import count_disagreement, heart_rate, pulse_coverage
from services.risk_scoring.bedside.observations import BehaviourEvent, History, Observation, Watched
from services.risk_scoring.bedside.vitals import raised_pressure, vital_coverage, vitals
from services.risk_scoring.bedside.weights import BedsideWeights
from services.risk_scoring.bedside.window import Window


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Signal(_Part):
    """One signal's part of the confidence."""

    name: str
    share: float = Field(ge=0, le=1, description="of a complete picture")
    coverage: float = Field(ge=0, le=1, description="how much of it was seen, and how well")


class Note(_Part):
    """Something that was not used, or that a reader should know, and how often."""

    code: str
    count: int


class Assessment(_Part):
    """The risk at one moment. ``score`` is the contributions' sum, of which what exceeds 100 is cut off."""

    at: datetime
    score: float = Field(ge=0, le=100)
    confidence: float = Field(ge=0, le=1, description="how much of a complete picture was seen; no probability")
    contributions: tuple[Contribution, ...] = Field(description="the largest first")
    signals: tuple[Signal, ...]
    notes: tuple[Note, ...]
    weights_version: str


def assess(observations: Iterable[Observation], history: History, weights: BedsideWeights, now: datetime) -> Assessment:
    """The risk at ``now`` (with a time zone) from all observations of one patient.

    An observation counts by when it happened, once, and not before it happened. Leaving one out, or lowering its
    quality, never raises the score or the confidence: a sign is as strong as its worst readings, weighed by their
    certainty, so that no good reading cancels a bad one.
    """
    window = Window(observations, weights, now)
    found = (
        *behaviour(window),
        *long_lie(window),
        *heart_rate(window),
        *vitals(window),
        *raised_pressure(window),
        *ct_haemorrhage(window),
        *background(window, history),
    )
    contributions = tuple(sorted(found, key=lambda part: (-part.points, part.sign)))
    signals = _signals(window, history)
    count_unused(window)
    count_disagreement(window)
    return Assessment(
        at=now,
        score=min(100.0, fsum(part.points for part in contributions)),
        confidence=min(1.0, fsum(signal.share * signal.coverage for signal in signals)),
        contributions=contributions,
        signals=signals,
        notes=tuple(Note(code=code, count=count) for code, count in sorted(window.notes.items())),
        weights_version=weights.version,
    )


def _signals(window: Window, history: History) -> tuple[Signal, ...]:
    coverage = {
        "behaviour": _watched(window),
        "heart_rate": pulse_coverage(window),
        **vital_coverage(window),
        "history": history_coverage(history),
    }
    shares = window.weights.shares.of_signals()
    return tuple(Signal(name=name, share=share, coverage=min(1.0, coverage[name])) for name, share in shares.items())


def _watched(window: Window) -> float:
    """From 0 to 1: the share of the last minutes in which the patient was watched; an event shows that somebody was."""
    watch_s = window.weights.behaviour.watch_s
    spans = (
        *(Span(watch.started_at, watch.ended_at, watch.quality) for watch in window.of(Watched, watch_s)),
        *(Span(e.started_at, e.ended_at, window.certain(e)) for e in window.of(BehaviourEvent, watch_s)),
    )
    return certain_seconds(recent(spans, window.now, watch_s)) / watch_s
