"""Nested, repeated cross-validation: whatever is chosen, is chosen without the patients that it is judged on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from services.risk_scoring.training.candidates import Candidate
from services.risk_scoring.training.design import Design

Array = NDArray[np.float64]

AVERAGED = "averaged"
CHOSEN = "best alone"
CHOSEN_OF_ALL = "best alone, boosting included"
_LEAST_PROBABILITY = 1e-6
_LEAST_WEIGHT = 0.01
_TINY = 1e-9

# Candidates with weights that add up to 1.
Blend = tuple[tuple[float, Candidate], ...]


@dataclass(frozen=True)
class Plan:
    """How often to split. Everything random comes from ``seed``."""

    repeats: int = 10
    folds: int = 5
    inner_repeats: int = 2
    inner_folds: int = 5
    seed: int = 2026
    jobs: int = 2


@dataclass(frozen=True)
class Nested:
    """Held-out predictions: ``probabilities`` by contestant, (repeats, N, levels or 2), and ``folds`` (repeats, N).

    Contestants are the families, each with the setting that it chose inside, the best among families, and their
    average. ``choices`` is the mean weight of each candidate in each contestant over all outer folds.
    """

    design: Design
    probabilities: dict[str, Array]
    folds: NDArray[np.intp]
    choices: dict[str, dict[str, float]]

    def event(self, contestant: str) -> Array:
        """P(event), (repeats, N)."""
        first = self.design.task.event_level if self.design.task.whole else 1
        return np.asarray(self.probabilities[contestant][..., first:].sum(axis=-1))


def run_nested(design: Design, candidates: Sequence[Candidate], plan: Plan, label: str) -> Nested:
    """Judge all candidates; ``label`` stands beside the progress bar."""
    work = Parallel(n_jobs=plan.jobs, return_as="generator")(
        delayed(_one_repeat)(design, candidates, plan, repeat) for repeat in range(plan.repeats)
    )
    repeats = list(tqdm(work, total=plan.repeats, desc=label, unit="repeat", disable=None))
    names = list(repeats[0][0])
    choices: dict[str, dict[str, float]] = {}
    for _, _, picked in repeats:
        for contestant, blend in picked:
            weights = choices.setdefault(contestant, {})
            for weight, candidate in blend:
                share = weight / (plan.repeats * plan.folds)
                weights[candidate.name] = weights.get(candidate.name, 0.0) + share
    return Nested(
        design,
        {name: np.stack([predictions[name] for predictions, _, _ in repeats]) for name in names},
        np.stack([folds for _, folds, _ in repeats]),
        choices,
    )


def _one_repeat(
    design: Design, candidates: Sequence[Candidate], plan: Plan, repeat: int
) -> tuple[dict[str, Array], NDArray[np.intp], list[tuple[str, Blend]]]:
    """Held-out predictions of every contestant, each patient's fold, and what was chosen."""
    outer = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed + repeat)
    width = design.task.levels if design.task.whole else 2
    predictions: dict[str, Array] = {}
    folds = np.zeros(len(design.levels), np.intp)
    picked = []
    with threadpool_limits(1):
        for fold, (train, test) in enumerate(outer.split(design.x, design.events)):
            folds[test] = fold
            chosen = choose(design, candidates, train, plan, seed=plan.seed + 1000 * (repeat + 1) + fold)
            asked = {candidate.name: candidate for blend in chosen.values() for _, candidate in blend}
            answers = {name: fit_predict(design, candidate, train, test) for name, candidate in asked.items()}
            for contestant, blend in chosen.items():
                parts = [(weight, answers[candidate.name]) for weight, candidate in blend]
                predictions.setdefault(contestant, np.zeros((len(folds), width)))[test] = average(parts)
                picked.append((contestant, blend))
    return predictions, folds, picked


def choose(
    design: Design, candidates: Sequence[Candidate], rows: NDArray[np.intp], plan: Plan, seed: int
) -> dict[str, Blend]:
    """By the mean log loss of cross-validation inside ``rows``: the best of each family and of all, and the average.

    The log loss, unlike the AUC, is a proper score and hardly jumps with single patients. The average weighs the
    additive candidates by exp(-N loss), N patients: of a few models that are about equally good it takes a bit of each
    instead of betting on one (pseudo-BMA; Geisser & Eddy 1979, Yao 2018).
    """
    splits = list(
        RepeatedStratifiedKFold(n_splits=plan.inner_folds, n_repeats=plan.inner_repeats, random_state=seed).split(
            rows, design.events[rows]
        )
    )
    losses = np.array(
        [
            np.mean([_loss(design, fit_predict(design, c, rows[a], rows[b]), rows[b]) for a, b in splits])
            for c in candidates
        ]
    )
    order = np.argsort(losses, kind="stable")
    ranked = [candidates[place] for place in order]
    best = {
        AVERAGED: _weighted(ranked, losses[order], len(rows)),
        CHOSEN: ((1.0, next(c for c in ranked if c.additive)),),
    }
    if not all(c.additive for c in candidates):
        best[CHOSEN_OF_ALL] = ((1.0, ranked[0]),)
    for candidate in ranked:
        best.setdefault(candidate.family, ((1.0, candidate),))
    return best


def _weighted(ranked: Sequence[Candidate], losses: Array, patients: int) -> Blend:
    """The additive ones by their weight, without those that hardly count."""
    additive = np.array([candidate.additive for candidate in ranked])
    weights = np.where(additive, np.exp(-patients * (losses - losses[additive].min())), 0)
    weights /= weights.sum()
    weights[weights < _LEAST_WEIGHT] = 0
    weights /= weights.sum()
    return tuple((float(weight), candidate) for weight, candidate in zip(weights, ranked, strict=True) if weight)


def average(parts: Sequence[tuple[float, Array]]) -> Array:
    """The weighted mean of the log odds of each cut between levels, as probabilities (N, levels) again."""
    if len(parts) == 1:
        return parts[0][1]
    weights = np.array([weight for weight, _ in parts])
    at_least = np.stack([1 - np.cumsum(probabilities, axis=1)[:, :-1] for _, probabilities in parts])
    at_least = np.clip(at_least, _TINY, 1 - _TINY)
    log_odds = np.tensordot(weights, np.log(at_least) - np.log1p(-at_least), axes=1)
    at_least = 1 / (1 + np.exp(-log_odds))
    ends = np.ones((len(at_least), 1))
    return np.asarray(-np.diff(np.hstack([ends, at_least, 0 * ends])), np.float64)


def fit(design: Design, candidate: Candidate, rows: NDArray[np.intp]) -> Any:
    """The candidate's pipeline, fitted on ``rows``."""
    target = design.events[rows].astype(int) if candidate.binary else design.levels[rows]
    return candidate.build().fit(design.take(candidate.columns)[rows], target)


def fit_predict(design: Design, candidate: Candidate, train: NDArray[np.intp], test: NDArray[np.intp]) -> Array:
    """P(level) of ``test`` (N, levels) for a task asked for as a whole, else P(no event), P(event) (N, 2)."""
    return predict(design, candidate, fit(design, candidate, train), test)


def predict(design: Design, candidate: Candidate, pipeline: Any, rows: NDArray[np.intp]) -> Array:
    """As `fit_predict`, of a pipeline that is fitted."""
    given = pipeline.predict_proba(design.take(candidate.columns)[rows])
    if candidate.binary:
        return np.asarray(given)
    levels = np.zeros((len(rows), design.task.levels))
    levels[:, pipeline.classes_] = given
    if design.task.whole:
        return levels
    event = levels[:, design.task.event_level :].sum(axis=1)
    return np.stack([1 - event, event], axis=1)


def _loss(design: Design, probabilities: Array, rows: NDArray[np.intp]) -> float:
    seen = design.levels[rows] if design.task.whole else design.events[rows].astype(int)
    return float(-np.log(np.maximum(probabilities[np.arange(len(rows)), seen], _LEAST_PROBABILITY)).mean())
