"""One assessment of one patient as a page to read and to print: self-contained, without script or outside content."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from gateway.exchange.statements import RESEARCH_USE
from gateway.risks.drawing import bar, course, oedema
from gateway.risks.schemas import Risk
from shared.contracts.risk import (
    Bedside,
    ClinicalScore,
    Contribution,
    Expansion,
    Growth,
    Known,
    NamedScore,
    NotComputable,
    NotComputableReason,
    OedemaCourse,
    Outcome,
)
from shared.database.tables import Patient

_STYLE: Final = """
body { font: 11pt/1.4 system-ui, sans-serif; color: #1b2733; max-width: 46rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 1.2rem 0 0.3rem; border-bottom: 1px solid #9aa7b1 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 0.15rem 0.6rem 0.15rem 0 }
th { font-weight: 600 } td.figure { text-align: right } .fine { color: #56646f; font-size: 0.9em }
.figure-large { font-size: 1.3rem; font-weight: 700 } section { break-inside: avoid }
@page { margin: 15mm } @media print { body { margin: 0; max-width: none } }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Nothing but this very style sheet.
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Features that add less are of no interest on paper.
_LEAST_SHOWN: Final = 0.005


def document(risk: Risk, patient: Patient, scores: Sequence[float]) -> str:
    """The page; ``scores`` are those of the patient's last assessments, the oldest first."""
    report = risk.report
    parts = [
        _head(risk, patient),
        _section("At the bedside", _bedside(report.bedside, scores)),
        _section("Haematoma expansion", _expansion(report.expansion)),
        _section("Outcome at 90 days", _outcome(report.outcome)),
        _section("Clinical scores", _scores(report.scores)),
        _section("CTs since onset", _growth(report.growth)) if report.growth else "",
        _section("Oedema until day 21", _oedema(report.oedema_course)) if report.oedema_course else "",
        _section("Facts used", _facts(report.facts)),
        _section("To be read with it", _list([*report.notes, RESEARCH_USE])),
    ]
    title = f"Risk of {patient.family_name}, {patient.given_name}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _head(risk: Risk, patient: Patient) -> str:
    born = "unknown" if patient.birth_date is None else patient.birth_date.isoformat()
    rows = [
        ("Patient", f"{patient.family_name}, {patient.given_name}"),
        ("Record number", patient.medical_record_number),
        ("Born", born),
        ("Onset", "unknown" if patient.onset_at is None else _moment(patient.onset_at)),
        ("Computed", _moment(risk.report.computed_at)),
        ("Models", f"{risk.model.name} {risk.model.version}"),
        ("Assessment", str(risk.id)),
    ]
    return f"<h1>Risk assessment</h1><p><strong>{escape(RESEARCH_USE)}</strong></p>{_table(rows)}"


def _bedside(found: Bedside, scores: Sequence[float]) -> str:
    signals = [(signal.name.replace("_", " "), f"{signal.coverage:.0%} seen") for signal in found.signals]
    return (
        f'<p class="figure-large">{escape(found.level.value)}: {found.score:.0f} of 100</p>'
        f"<p>{found.confidence:.0%} of a complete picture was seen. This score alone says "
        f"{escape(found.momentary_level)}; the level moves when several half minutes agree.</p>{course(scores)}"
        f"{_bars(found.contributions, 'points')}{_table(signals)}"
    )


def _expansion(found: Expansion | NotComputable) -> str:
    if isinstance(found, NotComputable):
        return _reasons(found.reasons)
    return (
        f'<p class="figure-large">{found.probability:.0%}</p>'
        f"<p>Probability of {escape(found.definition)}; {found.base_probability:.0%} for the cohort's average patient. "
        f"Model {escape(found.model.name)} {escape(found.model.version)}.</p>{_bars(found.contributions, 'log odds')}"
        f"{_beyond(found.out_of_range)}"
    )


def _outcome(found: Outcome | NotComputable) -> str:
    if isinstance(found, NotComputable):
        return _reasons(found.reasons)
    levels = [(f"mRS {level}", f"{probability:.0%}") for level, probability in enumerate(found.probabilities)]
    return (
        f'<p class="figure-large">{found.probability_disabled:.0%} for mRS 3 to 6</p>'
        f"<p>Median mRS {found.mrs}; {found.base_probability_disabled:.0%} for the cohort's average patient. "
        f"Model {escape(found.model.name)} {escape(found.model.version)}.</p>{_table(levels)}"
        f"{_bars(found.contributions, 'log odds towards worse')}{_beyond(found.out_of_range)}"
    )


def _scores(found: Iterable[NamedScore]) -> str:
    return "".join(_score(named) for named in found)


def _score(named: NamedScore) -> str:
    title = f"<h3>{escape(named.title)} ({escape(named.version)})</h3>"
    result = named.result
    if not isinstance(result, ClinicalScore):
        return title + _reasons(result.reasons)
    unverified = " Points not verified in the source." if result.provenance == "unverified" else ""
    said = [item.reason for item in result.items] + [meaning.words for meaning in result.meanings]
    return (
        f"{title}<p><strong>{result.total}</strong> of {result.lowest} to {result.highest}, "
        f"higher is {result.higher_is}.{unverified}</p>{_list([*said, *result.cautions])}"
        f'<p class="fine">{escape(result.citation)}</p>'
    )


def _growth(found: Iterable[Growth]) -> str:
    return _table([(_moment(growth.later.at), _grown(growth)) for growth in found])


def _grown(growth: Growth) -> str:
    band = growth.growth_ml_range
    doubt = "" if band is None else f" ({band[0]:+.1f} to {band[1]:+.1f})"
    return (
        f"{growth.first.haematoma_ml:.1f} to {growth.later.haematoma_ml:.1f} mL: {growth.growth_ml:+.1f} mL{doubt}; "
        f"expanded: {growth.expanded.replace('_', ' ')}"
    )


def _oedema(found: OedemaCourse | NotComputable) -> str:
    if isinstance(found, NotComputable):
        return _reasons(found.reasons)
    measured = [(f"{exam.hours_from_onset:.1f} h from onset", f"{exam.oedema_ml:.1f} mL") for exam in found.measured]
    last = found.expected[-1]
    (low, high), model = last.band_95_ml, f"{found.model.name} {found.model.version}"
    return (
        f"{oedema(found)}<p>Dots: measured. Line and bands: the volume that a CT should measure; half lie above the "
        f"line, 80 % and 95 % within the bands. On day 21: {last.median_ml:.0f} mL, {low:.0f} to {high:.0f}. "
        f"Model {escape(model)}.</p>{_table(measured)}{_unused(found.not_used)}"
    )


def _unused(names: Sequence[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(name.replace("_", " ") for name in names)
    return f'<p class="fine">The best model would also read: {escape(shown)}. They are not known.</p>'


def _facts(found: Iterable[Known]) -> str:
    rows = []
    for known in found:
        where = known.source if known.detail is None else f"{known.source}, {known.detail}"
        when = "" if known.at is None else f", {_moment(known.at)}"
        value = f"{known.value:.6g}" if isinstance(known.value, float) else str(known.value)
        rows.append((f"{known.name.replace('_', ' ')} ({known.when})", f"{value} ({where}{when})"))
    return _table(rows)


def _bars(contributions: Sequence[Contribution], unit: str) -> str:
    shown = [part for part in contributions if abs(part.contribution) >= _LEAST_SHOWN]
    unknown = [part.label for part in contributions if not part.known]
    largest = max((abs(part.contribution) for part in shown), default=0.0)
    rows = "".join(
        f"<tr><td>{escape(part.label)}</td><td>{bar(part.contribution, largest)}</td>"
        f'<td class="figure">{part.contribution:+.2f}</td></tr>'
        for part in shown
    )
    table = f"<table><tr><th>Adds</th><th></th><th>{escape(unit)}</th></tr>{rows}</table>" if rows else ""
    absent = f'<p class="fine">Not known, and adding nothing: {escape("; ".join(unknown))}.</p>' if unknown else ""
    return table + absent


def _beyond(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f'<p class="fine">Outside what the model learned from: {escape(", ".join(names))}.</p>'


def _reasons(reasons: Iterable[NotComputableReason]) -> str:
    return "<p>Not computable:</p>" + _list([reason.detail for reason in reasons])


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inside}</section>"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = (f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{''.join(lines)}</table>"


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
