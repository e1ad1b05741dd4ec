"""From fitted pipelines to the files of a served model."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.features import Feature
from services.risk_scoring.scorecard.card import FeatureWeight, Scorecard, ScorecardManifest
from services.risk_scoring.training.candidates import Candidate
from services.risk_scoring.training.design import Design
from services.risk_scoring.training.ordinal_ridge import OrdinalRidge
from services.risk_scoring.training.procedure import FinalModel
from shared.inference.manifest import MANIFEST_NAME

LICENCE = "Apache-2.0 for the coefficients as a work of this project; the cohort keeps its own terms"
_CERTAIN = 30.0  # log odds
# Without these nothing can be said; every other feature may be unknown and then adds nothing.
NEEDED = frozenset({"age_years", "log_onset_to_ct_h", "log_early_growth", "log_haematoma_ml"})


def as_scorecard(model: FinalModel, features: Mapping[str, Feature], levels: tuple[str, ...]) -> Scorecard:
    """The scorecard that answers like ``model``: log odds are sums, so the average of sums is one sum again."""
    design = model.design
    cuts, slopes = np.zeros(len(levels) - 1), dict[str, float]()
    for (weight, candidate), pipeline in zip(model.blend, model.pipelines, strict=True):
        part_slopes, part_cuts = _slopes_and_cuts(pipeline, candidate, design)
        cuts += weight * part_cuts
        for name, slope in part_slopes.items():
            slopes[name] = slopes.get(name, 0.0) + weight * slope
    used = [name for name in design.columns if name in slopes]
    return Scorecard(
        outcome=design.task.name,
        levels=levels,
        cuts=tuple(map(float, cuts)),
        features=tuple(_weight(features[name], slopes[name], design.take([name])[:, 0]) for name in used),
    )


def _weight(feature: Feature, slope: float, values: NDArray[np.float64]) -> FeatureWeight:
    """Every candidate imputes the mean and then standardises, so that all have this mean and this scale."""
    mean = float(np.nanmean(values))
    scale = float(np.where(np.isnan(values), mean, values).std())
    return FeatureWeight(
        name=feature.name,
        label=feature.label,
        mean=mean,
        scale=scale or 1.0,
        coefficient=slope,
        low=float(np.nanmin(values)),
        high=float(np.nanmax(values)),
        missing="refuse" if feature.name in NEEDED else "impute",
    )


def _slopes_and_cuts(
    pipeline: Any, candidate: Candidate, design: Design
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Per standard deviation of each column that the pipeline kept; growth levels are cut where expansion begins."""
    steps = pipeline.named_steps
    columns = np.array(candidate.columns)
    for name in ("vif", "select"):
        columns = columns[steps[name].kept_] if name in steps else columns
    model = steps["model"]
    if isinstance(model, OrdinalRidge) and not candidate.binary:
        asked = range(1, design.task.levels) if design.task.whole else [design.task.event_level]
        slopes, cuts = model.coef_, np.array([_cut(model, level) for level in asked])
    elif isinstance(model, OrdinalRidge):
        slopes, cuts = model.coef_, model.cuts_
    else:
        slopes, cuts = model.coef_[0], -model.intercept_
    return dict(zip(map(str, columns), map(float, slopes), strict=True)), np.asarray(cuts)


def _cut(model: OrdinalRidge, level: int) -> float:
    """The cut below ``level``; one that no patient had has no probability of its own."""
    place = int(np.searchsorted(model.classes_, level)) - 1
    if place < 0:
        return -_CERTAIN
    return float(model.cuts_[place]) if place < len(model.cuts_) else _CERTAIN


def write_model(card: Scorecard, folder: Path, version: str, papers: Mapping[str, Any]) -> ScorecardManifest:
    """Write ``card`` and its manifest to ``folder``, whose name is the model's; files of other versions go."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (json.dumps(card.model_dump(mode="json"), indent=1) + "\n").encode()
    manifest = ScorecardManifest(
        name=folder.name,
        version=version,
        file=f"{folder.name}-{version}.json",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        licence=LICENCE,
        input="features by name, as services/risk_scoring/features.py computes them; units stand in their labels",
        output=f"P({' | '.join(card.levels)})",
        **papers,
    )
    for stale in folder.glob(f"{folder.name}-*.json"):
        stale.unlink()
    (folder / manifest.file).write_bytes(content)
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
    return manifest
