from itertools import count

import numpy as np
import pytest

from benchmarks.ct_segmentation.engines import Engine
from benchmarks.ct_segmentation.speed import measure_speed, summarise

BATCHES = [np.zeros((4, 1, 8, 8), np.float32), np.zeros((2, 1, 8, 8), np.float32)]


class Work:
    """A clock that only moves while engines work, by what each of them costs a batch."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def engine(self, name: str, seconds: float) -> Engine:
        def run(_: np.ndarray) -> None:
            self.order.append(name)
            self.now += seconds

        return Engine(name, run)


def test_engines_take_turns_and_each_is_first_equally_often() -> None:
    work = Work()
    engines = [work.engine(name, 1.0) for name in "abc"]
    measure_speed(engines, BATCHES, slices=6, repeats=3, progress=lambda: None, clock=lambda: work.now)
    rounds = ["".join(work.order[i : i + 6 : 2]) for i in range(0, len(work.order), 6)]
    assert rounds == ["cab", "abc", "bca", "cab"]  # the first one warms up


def test_times_are_of_all_batches_per_slice_and_ratios_of_their_own_repetition() -> None:
    work = Work()
    slowness = count(1)  # the machine gets slower from repetition to repetition
    factor = [1.0]

    def run(base: float) -> Engine:
        def step(_: np.ndarray) -> None:
            work.now += base * factor[0]

        return Engine(f"{base}", step)

    engines = [run(0.003), run(0.006)]

    def next_round() -> None:
        if next(slowness) % 2 == 0:
            factor[0] *= 2

    times = measure_speed(engines, BATCHES, slices=6, repeats=3, progress=next_round, clock=lambda: work.now)
    assert times[:, 0] == pytest.approx([2.0, 4.0, 8.0])  # two batches of 3 ms over six slices, then slower
    summary = summarise(engines, times)
    assert summary["times_faster"] == {"0.003_than_0.006": {"median": 2.0, "low": 2.0, "high": 2.0}}
    assert summary["ms_per_slice"]["0.003"]["median"] == 4.0
