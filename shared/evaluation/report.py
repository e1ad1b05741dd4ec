"""The report that every ``evaluate`` command writes: metrics with intervals, and what each of them means."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.evaluation.bootstrap import Estimate


@dataclass
class EvaluationReport:
    """Figures of one model on one data set.

    ``model`` and ``data`` describe both; ``notes`` says what holds for all figures (policy, interval).
    """

    model: Mapping[str, Any]
    data: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)
    metrics: dict[str, Estimate] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, estimate: Estimate, definition: str) -> None:
        """Add one figure; there is none without a definition."""
        self.metrics[name] = estimate
        self.definitions[name] = definition

    def as_json(self) -> dict[str, Any]:
        """``{"metrics": {name: {"value", "low", "high"}}, "model", "data", "definitions", "notes"}``; NaN is null."""
        return {
            "metrics": {
                name: {"value": _number(m.value), "low": _number(m.low), "high": _number(m.high)}
                for name, m in self.metrics.items()
            },
            "model": dict(self.model),
            "data": dict(self.data),
            "definitions": self.definitions,
            "notes": self.notes,
        }

    def write(self, path: Path) -> None:
        """Write the report as JSON, making its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n")

    def as_table(self) -> str:
        """One line per figure, for a terminal."""
        width = max((len(name) for name in self.metrics), default=0)
        lines = (
            f"{name:<{width}}  {metric.value:7.4f}  [{metric.low:.4f}, {metric.high:.4f}]"
            for name, metric in self.metrics.items()
        )
        return "\n".join(lines)


def _number(value: float) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return round(value, 5) if math.isfinite(value) else None
