"""Heart rate: how long an abnormal pulse was surely seen. What one source says never talks another's alarm away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations

import numpy as np

from services.risk_scoring.bedside.contribution import Contribution, contribution
from services.risk_scoring.bedside.evidence import Span, certain_seconds, duration_strength, recent, seconds_seen
from services.risk_scoring.bedside.observations import HeartRate
from services.risk_scoring.bedside.weights import severity_down_to
from services.risk_scoring.bedside.window import Window
from services.risk_scoring.scores.news2 import PULSE
from services.risk_scoring.scores.table import row_of


def heart_rate(window: Window) -> Iterator[Contribution]:
    """The pulse by NEWS2's bands, three points being full severity."""
    spans = _spans(window, lambda bpm: row_of(PULSE, bpm).points / 3)
    weight = window.weights.heart_rate
    why = f"pulse outside 51 to 90 /min for {seconds_seen(spans):.0f} s"
    yield from contribution("heart_rate", "heart_rate", weight, duration_strength(spans, weight.sustained_s), why)


def slow_pulse_strength(window: Window) -> float:
    """From 0 to 1: how slow the pulse is, how surely, and for how long, by the steps of ``raised_pressure``."""
    steps = window.weights.combinations.raised_pressure.pulse_steps
    spans = _spans(window, lambda bpm: severity_down_to(steps, bpm))
    return duration_strength(spans, window.weights.heart_rate.sustained_s)


def pulse_coverage(window: Window) -> float:
    """From 0 to 1: the share of the window in which the pulse was known, weighed by how far it is believed."""
    return certain_seconds(_spans(window, lambda _bpm: 1.0)) / window.weights.heart_rate.remembers_s


def count_disagreement(window: Window) -> None:
    """Note sources whose medians lie far apart: one of them, or each, measures another thing."""
    by_source: dict[str, list[float]] = {}
    for sample in _samples(window):
        if window.trusted(sample):
            by_source.setdefault(sample.source, []).append(sample.bpm)
        else:
            window.notes["low_quality"] += 1
    medians = [float(np.median(beats)) for beats in by_source.values()]
    if any(abs(one - other) > window.weights.heart_rate.disagree_bpm for one, other in combinations(medians, 2)):
        window.notes["heart_rate_sources_disagree"] += 1


def _samples(window: Window) -> list[HeartRate]:
    return window.of(HeartRate, window.weights.heart_rate.remembers_s)


def _spans(window: Window, severity: Callable[[float], float]) -> list[Span]:
    weight = window.weights.heart_rate
    covers = timedelta(seconds=weight.covers_s)
    spans = (
        Span(sample.at - covers, sample.at, severity(sample.bpm) * window.trusted(sample))
        for sample in _samples(window)
    )
    return recent(spans, window.now, weight.remembers_s)
