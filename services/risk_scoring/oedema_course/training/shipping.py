"""From fitted models to the files that serve."""

import hashlib
import json
from pathlib import Path
from typing import Any

from services.risk_scoring.oedema_course.card import CourseCard, model_name
from services.risk_scoring.oedema_course.training.curves import SOURCE
from services.risk_scoring.oedema_course.training.fitting import as_card
from services.risk_scoring.oedema_course.training.study import OedemaStudy
from shared.evaluation.report import EvaluationReport
from shared.inference.manifest import MANIFEST_NAME, ModelManifest

LICENCE = "Apache-2.0 for the coefficients as a work of this project; the cohort keeps its own terms"
# Well below what a volume is measured to; more digits would only make the files longer.
_DIGITS = 7


def ship(study: OedemaStudy, report: EvaluationReport, folder: Path, version: str) -> list[ModelManifest]:
    """Write every variant with its manifest to ``folder``; files of other versions go."""
    table, tables = study.table, report.as_json()["tables"]
    data = f"the {SOURCE}: {len(table.patients)} patients, {len(table.hours)} CT exams; one source, no external test"
    manifests = []
    for variant, fitted in study.final.items():
        figures = {
            name: [row for row in rows if row.get("variant") == variant or f"({variant})" in row.get("method", "")]
            for name, rows in tables.items()
            if name.startswith(("leave_one_out_", "coverage_"))
        }
        manifests.append(write_card(as_card(fitted), folder / model_name(variant), version, data, figures))
    return manifests


def write_card(card: CourseCard, folder: Path, version: str, data: str, figures: dict[str, Any]) -> ModelManifest:
    """Write ``card`` and its manifest to ``folder``, whose name is the model's."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = {name: _rounded(value) for name, value in card.model_dump(mode="json").items()}
    content = (json.dumps(fields) + "\n").encode()
    manifest = ModelManifest(
        name=folder.name,
        version=version,
        file=f"{folder.name}-{version}.json",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        licence=LICENCE,
        data=data,
        input=f"exams made so far (hours, mL), hours to predict, and {', '.join(one.name for one in card.covariates)}",
        output="oedema volume in mL: mean, median, 80 % and 95 % bands of a measured volume",
        figures=figures,
    )
    for stale in folder.glob(f"{folder.name}-*.json"):
        stale.unlink()
    (folder / manifest.file).write_bytes(content)
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
    return manifest


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    return [_rounded(one) for one in value] if isinstance(value, list) else value
