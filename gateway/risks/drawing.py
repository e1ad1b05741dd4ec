"""Small drawings of a printed report, as SVG that needs no style and no script."""

from collections.abc import Sequence
from html import escape
from typing import Final

_WIDTH, _BAR, _GAP = 240, 12, 4
_WORSE, _BETTER, _INK, _LINE = "#a3201f", "#1d6b3f", "#1b2733", "#9aa7b1"
# Thresholds of the shipped weights are not repeated here: the drawing shows a course, not levels.
_HEIGHT: Final = 40


def bar(value: float, largest: float) -> str:
    """A bar to the right of the middle where ``value`` adds to a risk, to the left where it takes away."""
    middle = _WIDTH / 2
    length = 0.0 if largest <= 0 else middle * min(1.0, abs(value) / largest)
    x, colour = (middle, _WORSE) if value >= 0 else (middle - length, _BETTER)
    return _svg(
        _BAR,
        f'<rect x="{x:.1f}" y="0" width="{length:.1f}" height="{_BAR}" fill="{colour}"/>'
        f'<line x1="{middle}" y1="0" x2="{middle}" y2="{_BAR}" stroke="{_INK}"/>',
        f"{value:+.2f}",
    )


def course(scores: Sequence[float]) -> str:
    """Scores from 0 to 100 over the last assessments, the latest at the right."""
    if len(scores) < 2:
        return ""
    step = _WIDTH / (len(scores) - 1)
    points = " ".join(f"{n * step:.1f},{_HEIGHT - score / 100 * _HEIGHT:.1f}" for n, score in enumerate(scores))
    said = f"from {scores[0]:.0f} to {scores[-1]:.0f} within {len(scores)} assessments"
    frame = f'<rect x="0" y="0" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="{_LINE}"/>'
    return _svg(_HEIGHT, f'{frame}<polyline points="{points}" fill="none" stroke="{_INK}" stroke-width="2"/>', said)


def _svg(height: float, inside: str, said: str) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(said)}">{inside}</svg>'
