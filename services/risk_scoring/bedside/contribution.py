"""One sign's part of the score."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.risk_scoring.bedside.weights import Weighted

Group = Literal["behaviour", "combination", "ct", "heart_rate", "history", "vitals"]


class Contribution(BaseModel):
    """``points`` = ``weight`` x ``strength``; ``why`` says what was seen, ``reason`` why it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sign: str
    group: Group
    points: float = Field(ge=0)
    weight: float = Field(ge=0)
    strength: float = Field(ge=0, le=1, description="severity times certainty")
    critical: bool
    why: str
    reason: str


def contribution(sign: str, group: Group, weighted: Weighted, strength: float, why: str) -> Iterator[Contribution]:
    """The sign's part of the score, unless it adds nothing."""
    points = weighted.weight * strength
    if points > 0:
        yield Contribution(
            sign=sign,
            group=group,
            points=points,
            weight=weighted.weight,
            strength=strength,
            critical=weighted.critical,
            why=why,
            reason=weighted.reason,
        )
