"""The parts that dashboards are made of, as Grafana's JSON model wants them."""

from dataclasses import dataclass
from typing import Any

_PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
# Grafana's grid is 24 columns wide.
_COLUMNS = 24
# Every process exports every metric; these are set by the gateway's relay, the same in each replica.
RELAY = 'job="gateway"'


@dataclass(frozen=True)
class Query:
    """One PromQL expression and how its series are called."""

    expression: str
    legend: str = ""


def quantiles(metric: str, by: str, chosen: str = "") -> tuple[Query, ...]:
    """Median and 95th percentile of the histogram ``metric`` for each value of the label ``by``."""
    return tuple(
        Query(
            f"histogram_quantile({quantile / 100}, sum by (le, {by}) (rate({metric}_bucket{{{chosen}}}[5m])))",
            f"p{quantile} {{{{{by}}}}}",
        )
        for quantile in (50, 95)
    )


@dataclass(frozen=True)
class Panel:
    """A graph, or with ``stat`` one number. ``warn_from`` and ``alarm_from`` colour it, in its unit."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    stat: bool = False
    width: int = 8
    height: int = 7
    warn_from: float | None = None
    alarm_from: float | None = None

    def as_json(self, number: int, column: int, row: int) -> dict[str, Any]:
        """The panel at its place."""
        return {
            "id": number,
            "type": "stat" if self.stat else "timeseries",
            "title": self.title,
            "description": self.description,
            "datasource": _PROMETHEUS,
            "gridPos": {"x": column, "y": row, "w": self.width, "h": self.height},
            "targets": [_target(letter, query) for letter, query in zip("ABCDEF", self.queries, strict=False)],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._stat_options() if self.stat else self._graph_options(),
        }

    def _defaults(self) -> dict[str, Any]:
        steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
        if self.warn_from is not None:
            steps.append({"color": "orange", "value": self.warn_from})
        if self.alarm_from is not None:
            steps.append({"color": "red", "value": self.alarm_from})
        defaults: dict[str, Any] = {"unit": self.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
        if not self.stat:
            marked = "dashed" if len(steps) > 1 else "off"
            defaults["custom"] = {"fillOpacity": 10, "showPoints": "never", "thresholdsStyle": {"mode": marked}}
        return defaults

    def _stat_options(self) -> dict[str, Any]:
        calculation = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        return {"colorMode": "background", "graphMode": "area", "reduceOptions": calculation, "textMode": "auto"}

    def _graph_options(self) -> dict[str, Any]:
        legend = {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"], "showLegend": True}
        return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


@dataclass(frozen=True)
class Section:
    """A titled group of panels, laid out from left to right."""

    title: str
    panels: tuple[Panel, ...]


def dashboard(uid: str, title: str, description: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    """A whole dashboard in Grafana's JSON model."""
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["deephemorrhagenet"],
        "editable": False,
        "schemaVersion": 39,
        "version": 1,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "annotations": {"list": [_alert_annotations()]},
        "panels": _laid_out(sections),
    }


def _laid_out(sections: tuple[Section, ...]) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = []
    row = 0
    for section in sections:
        place = {"x": 0, "y": row, "w": _COLUMNS, "h": 1}
        panels.append({"id": len(panels) + 1, "type": "row", "title": section.title, "gridPos": place, "panels": []})
        row += 1
        column = tallest = 0
        for panel in section.panels:
            if column + panel.width > _COLUMNS:
                column, row, tallest = 0, row + tallest, 0
            panels.append(panel.as_json(len(panels) + 1, column, row))
            column, tallest = column + panel.width, max(tallest, panel.height)
        row += tallest
    return panels


def _target(letter: str, query: Query) -> dict[str, Any]:
    return {"refId": letter, "datasource": _PROMETHEUS, "expr": query.expression, "legendFormat": query.legend}


def _alert_annotations() -> dict[str, Any]:
    return {
        "name": "Alerts",
        "datasource": _PROMETHEUS,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing", severity=~"warning|critical"}',
        "titleFormat": "{{alertname}}",
    }
