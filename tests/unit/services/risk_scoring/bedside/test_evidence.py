from datetime import timedelta

import numpy as np
import pytest
from hypothesis import strategies as st

from services.risk_scoring.bedside.evidence import Span, certain_seconds, duration_strength, recent, seconds_seen
from tests.fixtures.bedside import NOW
from tests.fixtures.properties import for_all


def _span(start_s: float, end_s: float, strength: float = 1.0) -> Span:
    return Span(NOW + timedelta(seconds=start_s), NOW + timedelta(seconds=end_s), strength)


_SPANS = st.lists(
    st.builds(
        lambda start, length, strength: _span(start, start + length, strength),
        st.integers(0, 100),
        st.integers(0, 30),
        st.floats(0.01, 1),
    ),
    max_size=12,
)


def test_overlapping_spans_count_once_at_the_strongest() -> None:
    # By hand: 0-4 s at 0.5, 4-6 s at 1, 6-10 s at 0.5 make 2 + 2 + 2; apart from it 5 s at 0.2 make 1.
    spans = [_span(0, 10, 0.5), _span(4, 6, 1.0), _span(20, 25, 0.2)]

    assert certain_seconds(spans) == pytest.approx(7.0)
    assert seconds_seen(spans) == 15.0


def test_a_strength_counts_in_full_once_it_was_held_for_long_enough() -> None:
    # By hand: 2 of 10 s at 1 give 0.2; 10 of 10 s at 0.5 or more give 0.5; 15 s at 0.2 or more give 0.2.
    spans = [_span(0, 10, 0.5), _span(4, 6, 1.0), _span(20, 25, 0.2)]

    assert duration_strength(spans, 10) == pytest.approx(0.5)
    assert duration_strength(spans, 2) == 1.0
    assert duration_strength(spans, 0) == 1.0
    assert duration_strength([], 0) == duration_strength([], 10) == 0.0


def test_doubt_stays_doubt_however_long_it_lasts() -> None:
    assert duration_strength([_span(0, 3600, 0.6)], 5) == pytest.approx(0.6)


def test_what_lies_outside_the_memory_is_cut_off() -> None:
    spans = recent([_span(-100, -50), _span(-20, 20), _span(-500, -101), _span(1, 5)], NOW, remembers_s=60)

    assert spans == [_span(-60, -50), _span(-20, 0)]


@for_all(_SPANS)
def test_it_agrees_with_time_cut_into_seconds(spans: list[Span]) -> None:
    seconds = np.zeros(140)
    for span in spans:
        first, last = ((edge - NOW).total_seconds() for edge in (span.start, span.end))
        seconds[int(first) : int(last)] = np.maximum(seconds[int(first) : int(last)], span.strength)
    levels = np.unique(seconds[seconds > 0])
    held = max((q * min(1, np.sum(seconds >= q) / 7) for q in levels), default=0.0)

    assert certain_seconds(spans) == pytest.approx(seconds.sum())
    assert seconds_seen(spans) == np.sum(seconds > 0)
    assert duration_strength(spans, 7) == pytest.approx(held)


@for_all(_SPANS, _SPANS, st.floats(0, 60))
def test_more_evidence_never_weakens_and_none_twice_strengthens(
    spans: list[Span], further: list[Span], full_after_s: float
) -> None:
    strength = duration_strength(spans, full_after_s)

    assert duration_strength([*spans, *further], full_after_s) >= strength
    assert duration_strength([*spans[::-1], *spans], full_after_s) == strength
    assert certain_seconds([*spans, *further]) >= certain_seconds(spans) - 1e-9
