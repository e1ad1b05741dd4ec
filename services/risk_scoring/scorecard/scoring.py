"""From feature values to log odds, feature by feature."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk_scoring.scorecard.card import Scorecard


@dataclass(frozen=True)
class Scoring:
    """``contributions`` are log odds, and add up to the prediction less the base at every cut.

    ``missing`` lists the features that were not known and therefore add nothing; ``refused`` those of them that the
    model must have. ``out_of_range`` lists features outside what the model learned from.
    """

    contributions: dict[str, float]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    out_of_range: tuple[str, ...]

    @property
    def total(self) -> float:
        """The sum of the contributions."""
        return float(sum(self.contributions.values()))


def score(card: Scorecard, values: Mapping[str, float | None]) -> Scoring:
    """Weigh ``values`` by feature name; a feature that is absent or None counts as missing."""
    contributions, missing, refused, out_of_range = {}, [], [], []
    for feature in card.features:
        value = values.get(feature.name)
        if value is None:
            missing.append(feature.name)
            if feature.missing == "refuse":
                refused.append(feature.name)
            contributions[feature.name] = 0.0
            continue
        if not feature.low <= value <= feature.high:
            out_of_range.append(feature.name)
        contributions[feature.name] = feature.coefficient * (value - feature.mean) / feature.scale
    return Scoring(contributions, tuple(missing), tuple(refused), tuple(out_of_range))


def level_probabilities(card: Scorecard, total: float) -> NDArray[np.float64]:
    """P(each level), (levels,), for contributions that add up to ``total``."""
    at_least = 1 / (1 + np.exp(np.asarray(card.cuts) - total))
    return np.asarray(-np.diff(np.concatenate([[1.0], at_least, [0.0]])), np.float64)
