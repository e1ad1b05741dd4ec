"""Examples to fit the confidence on: estimates of generated recordings, of which the truth is known."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from services.heart_rate.estimate import estimate
from services.heart_rate.generated.recording import record
from services.heart_rate.generated.sampling import KINDS
from services.heart_rate.generated.wearable import random_wearable, wear
from services.heart_rate.quality.peaks import AGREEMENT_BPM
from services.heart_rate.result import HeartRateEstimate
from services.heart_rate.wave import estimate_wave


@dataclass(frozen=True)
class Example:
    """One estimate. ``error_bpm`` is infinite where there was no pulse; ``half_width`` is that of its band, unscaled.

    ``features`` is empty where the input was refused before there was anything to judge.
    """

    kind: str
    error_bpm: float
    half_width: float
    features: dict[str, float]


@dataclass(frozen=True)
class Examples:
    """N examples as arrays; ``features`` (N, K) by ``names``."""

    names: tuple[str, ...]
    features: NDArray[np.float64]
    error_bpm: NDArray[np.float64]
    half_width: NDArray[np.float64]
    kinds: NDArray[np.str_]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which (N,) lie within 5 bpm of the truth."""
        return np.asarray(self.error_bpm <= AGREEMENT_BPM)

    def chosen(self, which: NDArray[np.bool_]) -> "Examples":
        """Those ``which`` (N,) says."""
        return replace(
            self,
            features=self.features[which],
            error_bpm=self.error_bpm[which],
            half_width=self.half_width[which],
            kinds=self.kinds[which],
        )


def video_examples(seed: int, of_each_kind: int, workers: int) -> Examples:
    """Estimates of ``of_each_kind`` recordings of every kind."""
    return _gathered(_video_example, [(seed, index, kind) for kind in KINDS for index in range(of_each_kind)], workers)


def wave_examples(seed: int, count: int, workers: int) -> Examples:
    """Estimates of ``count`` contact pulse waves."""
    return _gathered(_wave_example, [(seed, index, "wearable") for index in range(count)], workers)


def save(examples: Examples, path: Path) -> None:
    """Write ``examples`` as a NumPy archive, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, names=np.array(examples.names), features=examples.features, error_bpm=examples.error_bpm,
        half_width=examples.half_width, kinds=examples.kinds,
    )  # fmt: skip


def load(path: Path) -> Examples:
    """The examples that ``save`` wrote to ``path``."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in ("features", "error_bpm", "half_width", "kinds")}
        return Examples(names=tuple(archive["names"].tolist()), **arrays)


def _video_example(job: tuple[int, int, str]) -> Example:
    seed, index, kind = job
    chance = np.random.default_rng([seed, index, list(KINDS).index(kind)])
    settings = KINDS[kind](chance)
    recording = record(settings, int(chance.integers(2**31)))
    return _example(kind, estimate(recording.traces), recording.mean_bpm if settings.pulsation else None)


def _wave_example(job: tuple[int, int, str]) -> Example:
    seed, index, kind = job
    chance = np.random.default_rng([seed, index, 1000])
    settings = random_wearable(chance)
    wave = wear(settings, int(chance.integers(2**31)))
    truth = float(wave.bpm.mean()) if settings.pulsation else None
    return _example(kind, estimate_wave(wave.times_s, wave.wave), truth)


def _example(kind: str, said: HeartRateEstimate, truth: float | None) -> Example:
    if said.candidate_bpm is None:
        return Example(kind, np.inf, np.inf, {})
    error = np.inf if truth is None else abs(said.candidate_bpm - truth)
    return Example(kind, error, said.quality["spread_bpm"], said.quality)


def _gathered(
    make: Callable[[tuple[int, int, str]], Example], jobs: Sequence[tuple[int, int, str]], workers: int
) -> Examples:
    if workers == 1:
        made = [make(job) for job in tqdm(jobs, unit="recording", disable=None)]
    else:
        # Spawned rather than forked: a child of a process with running threads may hang.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            made = list(tqdm(pool.map(make, jobs, chunksize=16), total=len(jobs), unit="recording", disable=None))
    judged = [example for example in made if example.features]
    # The plain facts that some results carry besides are no features.
    names = tuple(name for name in judged[0].features if all(name in example.features for example in judged))
    return Examples(
        names=names,
        features=np.array([[example.features[name] for name in names] for example in judged]),
        error_bpm=np.array([example.error_bpm for example in judged]),
        half_width=np.array([example.half_width for example in judged]),
        kinds=np.array([example.kind for example in judged]),
    )
