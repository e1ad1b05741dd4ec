from itertools import product

import numpy as np
import pytest

from services.heart_rate.tracking.path import interval_of, tracked

BPM = np.arange(40.0, 241.0, 1.0)


def ridge(rates: np.ndarray, height: float = 1.0) -> np.ndarray:
    scores = 1e-3 + height * np.exp(-0.5 * ((BPM - rates[:, None]) / 4) ** 2)
    return scores / scores.sum(axis=1, keepdims=True)


def by_every_path(bpm: np.ndarray, scores: np.ndarray) -> tuple[tuple[int, ...], np.ndarray]:
    """The best path and the marginals by listing all paths; the model of the module, written as its definition."""
    floored = scores + 0.05 / len(bpm)
    weight = max(0.2, min(1.0, 2 / len(scores)))
    likelihood = (floored / floored.max(axis=1, keepdims=True)) ** weight
    reach = int(4.0 / (bpm[1] - bpm[0]))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * (bpm[1] - bpm[0]) / 2.0) ** 2)
    kernel /= kernel.sum()
    best, best_probability, marginals = (), -1.0, np.zeros_like(scores)
    for path in product(range(len(bpm)), repeat=len(scores)):
        steps = np.diff(path)
        if (np.abs(steps) > reach).any():
            continue
        probability = np.prod(kernel[steps + reach]) * np.prod(likelihood[np.arange(len(path)), path])
        marginals[np.arange(len(path)), path] += probability
        if probability > best_probability:
            best, best_probability = path, probability
    return best, marginals / marginals.sum(axis=1, keepdims=True)


def test_path_and_posterior_are_those_of_listing_every_path() -> None:
    bpm = np.arange(60.0, 78.0, 2.0)
    scores = np.random.default_rng(4).dirichlet(np.ones(len(bpm)), size=4)
    path, marginals = by_every_path(bpm, scores)
    track = tracked(bpm, scores, 1.0)
    assert tuple(track.path) == path
    np.testing.assert_allclose(track.posterior, marginals, atol=1e-12)


def test_it_follows_a_rate_that_drifts() -> None:
    rates = np.linspace(70, 110, 40)
    found = BPM[tracked(BPM, ridge(rates), 1.0).path]
    np.testing.assert_allclose(found[8:-8], rates[8:-8], atol=1.0)
    # At its ends a path is smoother than the rate; what it misses there is within reach of `refined`.
    np.testing.assert_allclose(found, rates, atol=4.0)


def test_it_does_not_jump_to_a_harmonic_that_shines_for_a_while() -> None:
    rates = np.full(30, 72.0)
    scores = ridge(rates)
    scores[10:14] = 0.3 * ridge(rates[:4]) + 0.7 * ridge(2 * rates[:4])
    assert np.abs(BPM[tracked(BPM, scores, 1.0).path] - 72).max() <= 2


def test_where_nothing_is_seen_the_path_goes_on_and_certainty_falls() -> None:
    scores = ridge(np.full(20, 90.0))
    scores[5:15] = 1 / len(BPM)
    track = tracked(BPM, scores, 1.0)
    assert np.abs(BPM[track.path] - 90).max() <= 2
    assert track.posterior[10].max() < track.posterior[0].max()


def test_no_step_is_steeper_than_a_heart_can_go() -> None:
    scores = np.random.default_rng(0).dirichlet(np.full(len(BPM), 0.1), size=50)
    assert np.abs(np.diff(BPM[tracked(BPM, scores, 1.0).path])).max() <= 4.0


def test_one_window_is_its_own_maximum() -> None:
    track = tracked(BPM, ridge(np.array([133.0])), 1.0)
    assert BPM[track.path].tolist() == [133.0]


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_interval_holds_its_share_of_the_posterior(share: float) -> None:
    posterior = np.exp(-0.5 * ((BPM - 100) / 10) ** 2)[None]
    low, high = interval_of(BPM, posterior / posterior.sum(), share)
    # Of a normal distribution, 50 % lie within 0.674 and 90 % within 1.645 standard deviations.
    half = {0.5: 6.74, 0.9: 16.45}[share]
    np.testing.assert_allclose([low[0], high[0]], [100 - half, 100 + half], atol=1.0)
