"""How long something was seen, and how surely, when observations overlap, repeat, and arrive in any order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Span:
    """Something of a strength from 0 to 1, from ``start`` to ``end``."""

    start: datetime
    end: datetime
    strength: float

    def within(self, start: datetime, end: datetime) -> "Span | None":
        """The part of it that lies from ``start`` to ``end``, both inclusive; None where no moment does."""
        if self.end < start or self.start > end:
            return None
        return Span(max(self.start, start), min(self.end, end), self.strength)


def recent(spans: Iterable[Span], now: datetime, remembers_s: float) -> list[Span]:
    """What of ``spans`` lies within the last ``remembers_s``; those without any strength are left out."""
    since = now - timedelta(seconds=remembers_s)
    return [part for span in spans if span.strength > 0 and (part := span.within(since, now)) is not None]


def seconds_seen(spans: Iterable[Span]) -> float:
    """How long anything was seen, in s."""
    return _held(spans).total() / 1e6


def certain_seconds(spans: Iterable[Span]) -> float:
    """The integral over time of the strongest span at each moment, in s."""
    return fsum(strength * held for strength, held in _held(spans).items()) / 1e6


def duration_strength(spans: Iterable[Span], full_after_s: float) -> float:
    """The strength that was held for ``full_after_s`` in all, or more of it for part of that time; 0 to 1.

    max over strengths q of q x min(1, (time at q or stronger) / full_after_s); with 0 s, the strongest moment. Another
    span and a stronger one can only add to it, and one that is there already adds nothing. It never exceeds the
    strongest span: a doubtful source stays doubtful however long it goes on.
    """
    listed = list(spans)
    if not full_after_s:
        return max((span.strength for span in listed), default=0.0)
    found, held = 0.0, 0
    for strength, microseconds in sorted(_held(listed).items(), reverse=True):
        held += microseconds
        found = max(found, strength * min(1.0, held / 1e6 / full_after_s))
    return found


def _held(spans: Iterable[Span]) -> Counter[float]:
    """For each strength, for how many microseconds it was the strongest: exact, whatever the order of the sum."""
    ordered = sorted(set(spans))
    edges = sorted({edge for span in ordered for edge in (span.start, span.end)})
    held: Counter[float] = Counter()
    running: list[Span] = []
    begun = 0
    for start, end in pairwise(edges):
        while begun < len(ordered) and ordered[begun].start <= start:
            running.append(ordered[begun])
            begun += 1
        running = [span for span in running if span.end >= end]
        if running:
            held[max(span.strength for span in running)] += (end - start) // _MICROSECOND
    return held
