"""Time per slice of several engines on the same batches, so measured that a busy machine is unfair to none."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ct_segmentation.engines import Batch, Engine


def measure_speed(
    engines: Sequence[Engine],
    batches: Sequence[Batch],
    slices: int,
    repeats: int,
    progress: Callable[[], None],
    clock: Callable[[], float] = time.perf_counter,
) -> NDArray[np.float64]:
    """Milliseconds per slice, (repeats, engines), for the whole of ``batches``, which hold ``slices`` slices.

    Engines take turns within each repetition, another one first each time: what slows the machine down for a while
    slows all of them down. One round that is not counted warms them up.
    """
    times = np.empty((repeats, len(engines)))
    for repeat in range(-1, repeats):
        for turn in range(len(engines)):
            index = (turn + repeat) % len(engines)
            start = clock()
            for batch in batches:
                engines[index].run(batch)
            if repeat >= 0:
                times[repeat, index] = 1000 * (clock() - start) / slices
            progress()
    return times


def summarise(engines: Sequence[Engine], times: NDArray[np.float64]) -> dict[str, Any]:
    """Median and quartiles of ms per slice by engine, and of how many times faster the first engine is."""
    ratios = times[:, 1:] / times[:, :1]  # per repetition, so that load common to both cancels
    return {
        "ms_per_slice": {engine.name: _quartiles(times[:, i]) for i, engine in enumerate(engines)},
        "times_faster": {
            f"{engines[0].name}_than_{engine.name}": _quartiles(ratios[:, i]) for i, engine in enumerate(engines[1:])
        },
    }


def _quartiles(values: NDArray[np.float64]) -> dict[str, float]:
    low, median, high = np.percentile(values, [25, 50, 75])
    return {"median": round(float(median), 2), "low": round(float(low), 2), "high": round(float(high), 2)}
