"""One recording judged: what was true, what was said, and what would have been said."""

import math
from dataclasses import dataclass
from typing import Final

from services.heart_rate.result import HeartRateEstimate
from shared.errors import PlatformError

# An estimate further off than this is wrong; twice it is a disagreement between two sensors.
WRONG_BPM: Final = 5.0


@dataclass(frozen=True)
class Case:
    """``true_bpm`` is NaN where there was no pulse: whatever is given then is wrong.

    ``person`` is whom the recording shows, the unit of every interval. ``given`` and ``candidate`` are None where no
    number was given, or could not be computed at all; ``reason`` is then its code.
    """

    name: str
    condition: str
    group: str
    person: str
    true_bpm: float
    given: float | None
    candidate: float | None
    confidence: float
    reason: str | None

    @property
    def wrong(self) -> bool:
        """Whether the number that was computed, given or not, is wrong."""
        return self.candidate is not None and not abs(self.candidate - self.true_bpm) <= WRONG_BPM

    def as_json(self) -> dict[str, str | float | bool | None]:
        """All of it; what was not true is null."""
        return {**vars(self), "true_bpm": None if math.isnan(self.true_bpm) else self.true_bpm, "wrong": self.wrong}

    @property
    def error_bpm(self) -> float:
        """Signed error of the given number; NaN where none was given or none was true."""
        return math.nan if self.given is None else self.given - self.true_bpm

    @property
    def candidate_error_bpm(self) -> float:
        """Signed error of the computed number."""
        return math.nan if self.candidate is None else self.candidate - self.true_bpm


@dataclass(frozen=True)
class Recording:
    """Who is seen in which circumstances, and the rate that is true of it."""

    name: str
    condition: str
    group: str
    person: str
    true_bpm: float

    def judged(self, said: HeartRateEstimate | PlatformError) -> Case:
        """The case that ``said``, an estimate or the refusal of the recording, makes of it."""
        if isinstance(said, PlatformError):
            return Case(**vars(self), given=None, candidate=None, confidence=0.0, reason=said.code)
        reason = None if said.reason is None else str(said.reason)
        return Case(
            **vars(self), given=said.bpm, candidate=said.candidate_bpm, confidence=said.confidence, reason=reason
        )
