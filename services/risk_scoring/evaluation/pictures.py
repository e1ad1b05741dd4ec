"""ROC curves and reliability diagrams of the held-out predictions."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from services.risk_scoring.training.nested import AVERAGED, Nested
from shared.evaluation.plots.reliability import draw_reliability
from shared.evaluation.plots.roc import draw_roc

_NOTE = "Held-out predictions of nested cross-validation; {} patients, {} events, mean over {} repeats per patient."


def draw_pictures(results: Mapping[str, Nested], folder: Path) -> list[Path]:
    """Two pictures per model in ``folder``; their paths. Raises PlottingUnavailableError without matplotlib."""
    drawn = []
    for name, nested in results.items():
        events, mean = nested.design.events, nested.event(AVERAGED).mean(axis=0)
        note = _NOTE.format(len(events), int(events.sum()), len(nested.folds))
        title = name.replace("_", " ")
        drawn.append(
            draw_roc(
                list(events[:, None]),
                list(mean[:, None]),
                {"share of events": float(events.mean())},
                title,
                folder / f"{name}_roc.png",
                note,
                corner=False,
            )
        )
        drawn.append(draw_reliability(events, np.asarray(mean), title, folder / f"{name}_reliability.png", note))
    return drawn
