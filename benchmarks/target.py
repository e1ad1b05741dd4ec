"""What was hoped for, beside what was measured."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """``measured`` must be at most, or at least, ``bound``; None where it was not measured."""

    name: str
    measured: float | None
    bound: float
    at_most: bool

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept; None where nothing was measured."""
        if self.measured is None:
            return None
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def as_json(self) -> dict[str, Any]:
        """Name, measured value, bound in words and whether it is met."""
        bound = f"{'<=' if self.at_most else '>='} {self.bound:g}"
        return {"name": self.name, "measured": self.measured, "target": bound, "met": self.met}

    def as_line(self) -> str:
        """One line for a terminal."""
        verdict = {True: "met", False: "MISSED", None: "not measured"}[self.met]
        measured = "-" if self.measured is None else f"{self.measured:g}"
        return f"{self.name:<44} {measured:>10}   target {'<=' if self.at_most else '>='} {self.bound:<8g} {verdict}"
