"""The report that every ``evaluate`` command writes: metrics with intervals, and what each of them means."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.evaluation.bootstrap import Estimate

Row = Mapping[str, str | int | float | Estimate]


@dataclass
class EvaluationReport:
    """Figures of one model on one data set.

    ``model`` and ``data`` describe both; ``notes`` says what holds for all figures (policy, interval).
    """

    model: Mapping[str, Any]
    data: Mapping[str, Any]
    notes: list[str] = field(default_factory=list)
    metrics: dict[str, Estimate] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, estimate: Estimate, definition: str) -> None:
        """Add one figure; there is none without a definition."""
        self.metrics[name] = estimate
        self.definitions[name] = definition

    def add_table(self, name: str, rows: Sequence[Row], definition: str) -> None:
        """Add figures of several groups (size bands, bins, types): one row each, all rows with the same columns."""
        self.tables[name] = list(rows)
        self.definitions[name] = definition

    def as_json(self) -> dict[str, Any]:
        """``{"metrics": {name: {"value", "low", "high"}}, "tables": {name: [row]}, ...}``; NaN is null.

        The other keys are "model", "data", "definitions" and "notes".
        """
        return {
            "metrics": {name: _plain(metric) for name, metric in self.metrics.items()},
            "tables": {
                name: [{column: _plain(cell) for column, cell in row.items()} for row in rows]
                for name, rows in self.tables.items()
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
        """One line per figure and per row, for a terminal."""
        width = max((len(name) for name in self.metrics), default=0)
        lines = [
            f"{name:<{width}}  {metric.value:7.4f}  [{metric.low:.4f}, {metric.high:.4f}]"
            for name, metric in self.metrics.items()
        ]
        for name, rows in self.tables.items():
            lines += ["", name, *_aligned(rows)]
        return "\n".join(lines)


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    """Rows under their column names, each column as wide as its widest cell."""
    if not rows:
        return
    grid = [list(rows[0]), *([_cell(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    for line in grid:
        yield "  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True))


def _cell(cell: str | float | Estimate) -> str:
    if isinstance(cell, Estimate):
        return f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _plain(cell: str | float | Estimate) -> Any:
    if isinstance(cell, Estimate):
        return {"value": _number(cell.value), "low": _number(cell.low), "high": _number(cell.high)}
    return _number(cell) if isinstance(cell, float) else cell


def _number(value: float) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return round(value, 5) if math.isfinite(value) else None
