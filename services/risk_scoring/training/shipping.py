"""From a fitted pipeline to the files of a served model."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from services.risk_scoring.features import Feature
from services.risk_scoring.scorecard.card import FeatureWeight, Missing, Scorecard, ScorecardManifest
from services.risk_scoring.training.candidates import Candidate
from services.risk_scoring.training.design import Design
from services.risk_scoring.training.ordinal_ridge import OrdinalRidge
from shared.inference.manifest import MANIFEST_NAME

LICENCE = "Apache-2.0 for the coefficients as a work of this project; the cohort keeps its own terms"
# Without these nothing can be said; every other feature may be unknown and then adds nothing.
NEEDED = frozenset({"age_years", "log_onset_to_ct_h", "log_early_growth", "log_haematoma_ml"})


def as_scorecard(
    pipeline: Any, candidate: Candidate, design: Design, features: Mapping[str, Feature], levels: tuple[str, ...]
) -> Scorecard:
    """The scorecard that answers like ``pipeline``, fitted on all of ``design``; of additive candidates alone.

    An expansion model of growth levels is served at the one cut where expansion begins.
    """
    steps = dict(pipeline.named_steps)
    kept = np.arange(len(candidate.columns))
    for name in ("vif", "select"):
        kept = kept[steps[name].kept_] if name in steps else kept
    model = steps["model"]
    if isinstance(model, OrdinalRidge):
        slopes, cuts = model.coef_, model.cuts_
        if not candidate.binary and not design.task.whole:
            cuts = cuts[[int(np.searchsorted(model.classes_, design.task.event_level)) - 1]]
    else:
        slopes, cuts = model.coef_[0], -model.intercept_
    # The VIF filter stands before the scaler, the selection after it.
    scaled = kept if "vif" not in steps else np.arange(len(kept))
    x = design.take(candidate.columns)
    weights = []
    for place, column in enumerate(kept):
        feature = features[candidate.columns[column]]
        missing: Missing = "refuse" if feature.name in NEEDED else "impute"
        weights.append(
            FeatureWeight(
                name=feature.name,
                label=feature.label,
                mean=float(steps["scale"].mean_[scaled[place]]),
                scale=float(steps["scale"].scale_[scaled[place]]),
                coefficient=float(slopes[place]),
                low=float(np.nanmin(x[:, column])),
                high=float(np.nanmax(x[:, column])),
                missing=missing,
            )
        )
    return Scorecard(outcome=design.task.name, levels=levels, cuts=tuple(map(float, cuts)), features=tuple(weights))


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
