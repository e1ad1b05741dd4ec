from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from joblib import parallel_config
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from services.risk_scoring.training.candidates import Candidate
from services.risk_scoring.training.design import EXPANSION, Design
from services.risk_scoring.training.nested import AVERAGED, CHOSEN, Plan, average, choose, run_nested
from services.risk_scoring.training.ordinal_ridge import OrdinalRidge
from shared.evaluation.scores import roc_auc

PLAN = Plan(repeats=1, folds=4, inner_repeats=1, inner_folds=3, jobs=1)


def made_up(patients: int = 120, signal: float = 2.0) -> Design:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(patients, 5))
    levels = np.digitize(signal * x[:, 0] + rng.logistic(size=patients), [0.0, 1.0, 2.0])
    names = tuple(f"p{i}" for i in range(patients))
    return Design(EXPANSION, names, tuple("abcde"), x, levels, np.ones(patients, bool))


def ridge(columns: str, penalty: float = 1.0, family: str = "ridge") -> Candidate:
    return Candidate(family, f"{columns} {penalty:g}", tuple(columns), partial(OrdinalRidge, penalty), binary=False)


class Memory(LogisticRegression):  # type: ignore[misc]  # scikit-learn ships no types
    """Knows every patient it was fitted on by heart, and says so."""

    def fit(self, x: NDArray[np.float64], y: NDArray[np.intp]) -> "Memory":
        super().fit(x, y)
        self.seen_ = {row.tobytes(): int(label) for row, label in zip(x, y, strict=True)}
        return self

    def predict_proba(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        p = np.array([{0: 0.01, 1: 0.99}.get(self.seen_.get(row.tobytes(), -1), 0.5) for row in x])
        return np.stack([1 - p, p], axis=1)


def test_no_prediction_comes_from_a_model_that_saw_the_patient() -> None:
    memory = Candidate("memory", "", tuple("abcde"), Memory)
    nested = run_nested(made_up(), [memory], PLAN, "memory")
    assert np.unique(nested.event(AVERAGED)).tolist() == [0.5]


def test_a_real_signal_is_found_and_noise_is_not() -> None:
    candidates = [ridge("abcde"), ridge("bcde")]
    found = run_nested(made_up(), candidates, PLAN, "signal")
    lost = run_nested(made_up(signal=0.0), candidates, PLAN, "noise")
    assert roc_auc(found.design.events, found.event(AVERAGED)[0]) > 0.75
    assert abs(roc_auc(lost.design.events, lost.event(AVERAGED)[0]) - 0.5) < 0.15


def test_the_choice_depends_on_the_given_rows_alone() -> None:
    design = made_up()
    rows = np.arange(80)
    spoilt = replace(design, x=design.x.copy(), levels=design.levels.copy())
    spoilt.x[80:] = 1e3
    spoilt.levels[80:] = 3 - spoilt.levels[80:]
    candidates = [ridge("abcde"), ridge("a"), ridge("bc", 30)]
    ours, theirs = (choose(d, candidates, rows, PLAN, seed=1)[AVERAGED] for d in (design, spoilt))
    assert [(c.name, w) for w, c in ours] == [(c.name, pytest.approx(w)) for w, c in theirs]


def test_the_better_candidate_gets_the_weight() -> None:
    blends = choose(made_up(), [ridge("bcde"), ridge("a")], np.arange(120), PLAN, seed=1)
    assert [(w, c.name) for w, c in blends[CHOSEN]] == [(1.0, "ridge, a 1")]
    assert blends[AVERAGED] == blends[CHOSEN]


def test_equal_candidates_share_the_weight() -> None:
    twins = [ridge("a"), replace(ridge("a"), setting="twin")]
    weights = [weight for weight, _ in choose(made_up(), twins, np.arange(120), PLAN, seed=1)[AVERAGED]]
    assert weights == pytest.approx([0.5, 0.5])


def test_the_average_is_of_log_odds() -> None:
    parts = [(0.25, np.array([[0.2, 0.8]])), (0.75, np.array([[0.9, 0.1]]))]
    log_odds = 0.25 * np.log(4) - 0.75 * np.log(9)
    np.testing.assert_allclose(average(parts)[:, 1], 1 / (1 + np.exp(-log_odds)))


def test_averaged_levels_stay_probabilities() -> None:
    rng = np.random.default_rng(0)
    parts = [(0.5, p) for p in rng.dirichlet(np.ones(7), size=(2, 10))]
    averaged = average(parts)
    assert (averaged >= 0).all()
    np.testing.assert_allclose(averaged.sum(axis=1), 1)


def test_working_side_by_side_changes_no_figure() -> None:
    plan = replace(PLAN, repeats=2)
    with parallel_config(backend="threading"):  # processes take seconds to start
        one, two = (run_nested(made_up(), [ridge("ab")], replace(plan, jobs=jobs), "jobs") for jobs in (1, 2))
    np.testing.assert_array_equal(one.event(AVERAGED), two.event(AVERAGED))
