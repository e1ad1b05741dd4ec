"""One assessment as a RiskAssessment: what may happen, how probably, by when, and why.

The patient stays pseudonymous, as with findings. What could not be computed is no prediction; its reasons are notes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.exchange.codes import LOCAL, Code
from gateway.exchange.statements import RESEARCH_USE
from gateway.fhir.elements import Json, concept, element, instant, reference, row_identifier
from gateway.fhir.resources import ASSERTED_BY_AI, device_id
from shared.contracts.risk import Bedside, Contribution, Expansion, NotComputable, Outcome, RiskLevel, RiskReport
from shared.database.tables import RiskScore

_DECIMALS: Final = 4
# Contributions that a rationale names.
_TOLD: Final = 5
_CODE: Final = Code(LOCAL, "stroke-risk", "Risks after an intracerebral haemorrhage")
_EXPANSION: Final = Code(LOCAL, "haematoma-expansion", "Haematoma expansion")
_DISABLED: Final = Code(LOCAL, "disabled-at-90-days", "Modified Rankin Scale of 3 to 6 at 90 days")
_AT_THE_BEDSIDE: Final = Code(LOCAL, "acute-stroke-signs", "Signs of an acute stroke at the bedside")
_QUALITATIVE: Final = {
    RiskLevel.GREEN: ("low", "Low likelihood"),
    RiskLevel.AMBER: ("moderate", "Moderate likelihood"),
    RiskLevel.RED: ("high", "High likelihood"),
}


def risk_assessment(row: RiskScore) -> Json:
    """RiskAssessment of one assessment, under its id."""
    report = RiskReport.model_validate(row.report)
    return element(
        resourceType="RiskAssessment",
        id=str(row.id),
        meta={"lastUpdated": instant(row.created_at), "security": [ASSERTED_BY_AI]},
        identifier=[row_identifier(row.id)],
        status="preliminary",
        code=concept(_CODE),
        subject=reference("Patient", row.patient_id),
        occurrenceDateTime=instant(report.computed_at),
        performer=reference("Device", device_id(row.model_name, row.model_version)),
        basis=[reference("DiagnosticReport", exam.finding_id) for exam in report.exams],
        prediction=list(_predictions(report)),
        note=[{"text": note} for note in _notes(report)],
    )


def _predictions(report: RiskReport) -> Iterator[Json]:
    if isinstance(report.expansion, Expansion):
        yield _prediction(_EXPANSION, report.expansion.probability, (48, "h"), report.expansion)
    if isinstance(report.outcome, Outcome):
        yield _prediction(_DISABLED, report.outcome.probability_disabled, (90, "d"), report.outcome)
    yield _bedside(report.bedside)


def _prediction(outcome: Code, probability: float, within: tuple[int, str], found: Expansion | Outcome) -> Json:
    """``within`` is counted from the onset of symptoms."""
    value, unit = within
    return {
        "outcome": concept(outcome, text=found.definition),
        "probabilityDecimal": round(probability, _DECIMALS),
        "whenRange": {"high": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}},
        "rationale": f"{found.model.name} {found.model.version}, in log odds: {_reasons(found.contributions)}",
    }


def _bedside(found: Bedside) -> Json:
    code, display = _QUALITATIVE[found.level]
    seen = f"{found.score:.0f} of 100 points, {found.confidence:.0%} of a complete picture seen"
    return {
        "outcome": concept(_AT_THE_BEDSIDE),
        "qualitativeRisk": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/risk-probability",
                    "code": code,
                    "display": display,
                }
            ],
            "text": found.level.value,
        },
        "rationale": f"{seen}: {_reasons(found.contributions)}" if found.contributions else seen,
    }


def _reasons(contributions: Sequence[Contribution]) -> str:
    told = [part for part in contributions if part.contribution][:_TOLD]
    return "; ".join(f"{part.label} {part.contribution:+.2f}" for part in told) or "nothing adds to it"


def _notes(report: RiskReport) -> Iterator[str]:
    for name, found in (("Haematoma expansion", report.expansion), ("Outcome", report.outcome)):
        if isinstance(found, NotComputable):
            yield f"{name} was not computable: {' '.join(reason.detail for reason in found.reasons)}"
    yield from report.notes
    yield RESEARCH_USE
