"""What must be remembered of a patient between two evaluations: all of it, so that any worker can go on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.risk_scoring.bedside.levels import RiskLevel
from services.risk_scoring.bedside.observations import Instant


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Vote(_Part):
    """What the evaluations of one slot of time say of the level."""

    slot: int
    score: float = Field(ge=0, le=100)
    confidence: float = Field(ge=0, le=1)
    critical: bool

    def joined(self, other: "Vote") -> "Vote":
        """Both votes of one slot as one: the more worrying of each part, whatever their order and number."""
        return Vote(
            slot=self.slot,
            score=max(self.score, other.score),
            confidence=min(self.confidence, other.confidence),
            critical=self.critical or other.critical,
        )


class BedsideAlert(_Part):
    """A call for a person. ``sequence`` counts a patient's alerts: with the patient, it names this one for good."""

    sequence: int = Field(ge=1)
    level: RiskLevel
    kind: Literal["raised", "escalated", "reminder"]
    at: Instant
    score: float
    confidence: float
    message: str = Field(description="without anything that identifies the patient")


class BedsideState(_Part):
    """Where a patient stands. ``owed`` is the level of a call that the cooldown holds back."""

    patient_id: UUID
    weights_version: str | None = None
    level: RiskLevel = RiskLevel.GREEN
    votes: tuple[Vote, ...] = Field(default=(), description="by slot, the newest last")
    evaluated_at: Instant | None = None
    owed: RiskLevel = RiskLevel.GREEN
    last_alert: BedsideAlert | None = None

    @property
    def alerts_raised(self) -> int:
        """How many alerts there were."""
        return self.last_alert.sequence if self.last_alert else 0

    def is_past(self, now: datetime) -> bool:
        """Whether a later moment than ``now`` was evaluated already."""
        return self.evaluated_at is not None and now < self.evaluated_at
