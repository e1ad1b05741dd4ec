"""Risks as requests and answers."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.address import API
from gateway.findings.schemas import ModelRef
from gateway.paging import Page
from shared.contracts.risk import Expansion, Growth, Outcome, RiskLevel, RiskReport
from shared.database.tables import ExpansionOutcome, RiskScore
from shared.evaluation.expansion_bands import Band


class RiskSummary(BaseModel):
    """One assessment in a line; null where something could not be computed."""

    id: UUID
    created_at: datetime
    level: RiskLevel
    score: float = Field(description="At the bedside, 0 to 100")
    confidence: float = Field(description="How much of a complete picture was seen; no probability")
    expansion: float | None = Field(description="Probability that the haematoma expands")
    disabled: float | None = Field(description="P(mRS >= 3 at 90 days)")

    @classmethod
    def of(cls, row: RiskScore) -> Self:
        """The line that the row's report makes."""
        report = RiskReport.model_validate(row.report)
        return cls(
            id=row.id,
            created_at=row.created_at,
            level=report.bedside.level,
            score=report.bedside.score,
            confidence=report.bedside.confidence,
            expansion=report.expansion.probability if isinstance(report.expansion, Expansion) else None,
            disabled=report.outcome.probability_disabled if isinstance(report.outcome, Outcome) else None,
        )


class RiskPage(Page[RiskSummary]):
    """Some of the assessments."""


class ObservedOutcome(BaseModel):
    """What a later CT showed of this assessment's prediction of expansion."""

    predicted: float
    expanded: Literal["yes", "no", "uncertain"]
    growth: Growth
    created_at: datetime

    @classmethod
    def of(cls, row: ExpansionOutcome) -> Self:
        """The outcome as its row says."""
        return cls.model_validate(
            {
                "predicted": row.predicted,
                "expanded": row.expanded,
                "growth": row.growth,
                "created_at": row.created_at,
            }
        )


class RiskLinks(BaseModel):
    """Where the assessment is in other forms."""

    report: str = Field(description="To read and to print (HTML)")
    fhir: str


class Risk(BaseModel):
    """One assessment with everything it was made from, and what came of its prediction."""

    id: UUID
    patient_id: UUID
    job_id: UUID | None
    model: ModelRef
    report: RiskReport
    outcomes: list[ObservedOutcome]
    created_at: datetime
    links: RiskLinks

    @classmethod
    def of(cls, row: RiskScore, outcomes: list[ExpansionOutcome]) -> Self:
        """The assessment as its rows say."""
        address = f"{API}/risks/{row.id}"
        return cls(
            id=row.id,
            patient_id=row.patient_id,
            job_id=row.job_id,
            model=ModelRef(name=row.model_name, version=row.model_version),
            report=RiskReport.model_validate(row.report),
            outcomes=[ObservedOutcome.of(outcome) for outcome in outcomes],
            created_at=row.created_at,
            links=RiskLinks(report=f"{address}/report.html", fhir=f"{address}/fhir"),
        )


class Share(BaseModel):
    """A share with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float


class CalibrationBand(BaseModel):
    """Predictions of similar probability, and the share of them that came true."""

    low: float
    high: float
    count: int = Field(description="Predictions that a later CT told the truth of")
    uncertain: int = Field(description="Predictions whose truth lies within the doubt of the outlines; in no figure")
    predicted_mean: float | None = Field(description="null without any")
    seen: Share | None = Field(description="null without any")

    @classmethod
    def of(cls, band: Band) -> Self:
        """The band as an answer."""
        seen = Share(value=band.seen.value, low=band.seen.low, high=band.seen.high) if band.count else None
        return cls(
            low=band.low,
            high=band.high,
            count=band.count,
            uncertain=band.uncertain,
            predicted_mean=band.predicted_mean,
            seen=seen,
        )


class Calibration(BaseModel):
    """Predicted expansions against those seen on later CTs, one for each haematoma."""

    models: list[str] = Field(description="Models that have any outcome")
    overall: CalibrationBand
    bands: list[CalibrationBand]
    brier: float | None = Field(description="Mean squared error; null without any prediction that could be judged")
