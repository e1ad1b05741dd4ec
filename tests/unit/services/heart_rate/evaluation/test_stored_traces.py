from dataclasses import replace
from pathlib import Path

import numpy as np

from services.heart_rate.evaluation.stored_traces import store, stored
from services.heart_rate.traces import RegionTraces, VideoFacts


def some_traces(bits_per_pixel: float | None) -> RegionTraces:
    chance = np.random.default_rng(0)
    rgb = chance.uniform(0, 255, (4, 9, 3))
    rgb[1, 3:5] = np.nan
    return RegionTraces(
        times_s=np.arange(9) / 30,
        rgb=rgb,
        pixels=chance.uniform(0, 900, (4, 9)),
        centre=chance.uniform(0, 300, (9, 2)),
        size=chance.uniform(50, 90, 9),
        background=np.full((9, 3), np.nan),
        video=VideoFacts(320, 240, "h264", 0.3, 9, 30.0, 1, 0, bits_per_pixel),
    )


def test_traces_return_as_they_were_stored(tmp_path: Path) -> None:
    for bits, name in ((0.25, "with"), (None, "without")):
        traces = some_traces(bits)
        store(traces, tmp_path / "folder" / f"{name}.npz")
        again = stored(tmp_path / "folder" / f"{name}.npz")
        assert again.video == traces.video
        for field in ("times_s", "rgb", "pixels", "centre", "size", "background"):
            np.testing.assert_array_equal(getattr(again, field), getattr(traces, field))
    store(replace(some_traces(None), video=None), tmp_path / "none.npz")
    assert stored(tmp_path / "none.npz").video is None
