"""Small drawings of a printed report, as SVG that needs no style and no script."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from shared.contracts.risk import OedemaCourse

_WIDTH, _BAR, _GAP = 240, 12, 4
_WORSE, _BETTER, _INK, _LINE = "#a3201f", "#1d6b3f", "#1b2733", "#9aa7b1"
# Thresholds of the shipped weights are not repeated here: the drawing shows a course, not levels.
_HEIGHT: Final = 40
# The drawing of the oedema: its size, what its axes leave free, and the days it shows.
_CHART_WIDTH, _CHART_HEIGHT, _LEFT, _FOOT, _TOP = 480, 180, 48, 18, 6
_WIDE, _NARROW, _MEDIAN = "#dde6ee", "#b7cbdc", "#1f5f8b"
_DAY_H, _DAYS, _EVERY_DAYS = 24, 21, 7


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


def oedema(found: OedemaCourse) -> str:
    """Measured volumes as dots, the expected median as a line in its bands of 80 % and 95 %, over three weeks."""
    expected, measured = found.expected, found.measured
    top_ml = max(*(point.band_95_ml[1] for point in expected), *(exam.oedema_ml for exam in measured), 1.0)

    def place(hours: float, volume_ml: float) -> str:
        x = _LEFT + (_CHART_WIDTH - _LEFT) * hours / (_DAYS * _DAY_H)
        y = _CHART_HEIGHT - _FOOT - (_CHART_HEIGHT - _FOOT - _TOP) * volume_ml / top_ml
        return f"{x:.1f},{y:.1f}"

    def area(bands: Sequence[tuple[float, float]], colour: str) -> str:
        hours = [point.hours_from_onset for point in expected]
        low = [place(hour, band[0]) for hour, band in zip(hours, bands, strict=True)]
        high = [place(hour, band[1]) for hour, band in zip(hours, bands, strict=True)]
        return f'<polygon points="{" ".join(high + low[::-1])}" fill="{colour}"/>'

    dots = (place(exam.hours_from_onset, exam.oedema_ml).split(",") for exam in measured)
    parts = [
        area([point.band_95_ml for point in expected], _WIDE),
        area([point.band_80_ml for point in expected], _NARROW),
        f'<polyline points="{" ".join(place(point.hours_from_onset, point.median_ml) for point in expected)}" '
        f'fill="none" stroke="{_MEDIAN}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3" fill="{_INK}"/>' for x, y in dots),
        *_axes(top_ml),
    ]
    last = expected[-1]
    said = f"{len(measured)} measured; {last.median_ml:.0f} mL expected on day {last.hours_from_onset / _DAY_H:.0f}"
    return _svg(_CHART_HEIGHT, "".join(parts), said, _CHART_WIDTH)


def _axes(top_ml: float) -> Iterator[str]:
    foot = _CHART_HEIGHT - _FOOT
    yield f'<path d="M{_LEFT},{_TOP} V{foot} H{_CHART_WIDTH}" fill="none" stroke="{_LINE}"/>'
    for x, y, anchor, said in (
        (_LEFT - 4, _TOP + 8, "end", f"{top_ml:.0f} mL"),
        (_LEFT - 4, foot, "end", "0"),
        *(
            (_LEFT + (_CHART_WIDTH - _LEFT) * day / _DAYS, _CHART_HEIGHT - 4, "end" if day else "start", f"day {day}")
            for day in range(0, _DAYS + 1, _EVERY_DAYS)
        ),
    ):
        yield f'<text x="{x:.0f}" y="{y}" font-size="10" text-anchor="{anchor}" fill="{_INK}">{said}</text>'


def _svg(height: float, inside: str, said: str, width: float = _WIDTH) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(said)}">{inside}</svg>'
