"""Traces as files, so that estimates can be evaluated again without reading, or generating, every video again."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from services.heart_rate.traces import RegionTraces, VideoFacts

_ARRAYS = ("times_s", "rgb", "pixels", "centre", "size", "background")


def store(traces: RegionTraces, path: Path) -> None:
    """Write ``traces`` as a NumPy archive, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: getattr(traces, name) for name in _ARRAYS}
    facts = asdict(traces.video) if traces.video else {}
    video = {f"video_{key}": np.array(value) for key, value in facts.items() if value is not None}
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **{**arrays, **video})
    partial.replace(path)


def stored(path: Path) -> RegionTraces:
    """The traces that ``store`` wrote to ``path``."""
    with np.load(path) as archive:
        facts = {key.removeprefix("video_"): archive[key].item() for key in archive.files if key.startswith("video_")}
        video = VideoFacts(**{"bits_per_pixel": None, **facts}) if facts else None
        return RegionTraces(**{name: archive[name] for name in _ARRAYS}, video=video)
