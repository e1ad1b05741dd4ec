"""Who is measured: this platform, and beside it the local methods of `vitallens`, and `open-rppg` where installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.estimate import estimate
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.tracking import FaceTracker
from services.heart_rate.sessions import FaceSession
from services.heart_rate.video.frames import Frame

RIVAL_METHODS = ("pos", "chrom")


@dataclass(frozen=True)
class Decoded:
    """One clip as decoded frames (N, H, W, 3) RGB at ``times_s`` (N,), and the rate that was painted."""

    name: str
    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64]
    true_bpm: float


@dataclass(frozen=True)
class Said:
    """The rate that was given, or None, and how sure of it."""

    bpm: float | None
    confidence: float


Contender = Callable[[Decoded], Said]


def ours() -> Contender:
    """This platform: faces followed, regions read, methods fused, confidence judged."""
    detector = FaceDetector.load()

    def run(clip: Decoded) -> Said:
        session = FaceSession(FaceTracker(detector))
        for time_s, image in zip(clip.times_s.tolist(), clip.frames, strict=True):
            session.see(Frame(time_s, image, 1.0))
        said = estimate(session.traces(None))
        return Said(said.bpm, said.confidence)

    return run


def rivals() -> dict[str, Contender]:
    """Those of the libraries that are installed, by name."""
    return _vitallens() | _open_rppg()


def _vitallens() -> dict[str, Contender]:
    """Its local methods: no network, nothing sent away."""
    try:
        from vitallens import VitalLens
    except ImportError:
        return {}

    def method(library: Callable[..., list[Mapping[str, Any]]]) -> Contender:
        def run(clip: Decoded) -> Said:
            faces = library(clip.frames, fps=_frames_per_second(clip))
            rate = faces[0]["vitals"].get("heart_rate") if faces else None
            return Said(None, 0.0) if rate is None else Said(float(rate["value"]), float(rate["confidence"]))

        return run

    return {f"vitallens {name}": method(VitalLens(method=name, export_to_json=False)) for name in RIVAL_METHODS}


def _open_rppg() -> dict[str, Contender]:
    """Its default network (FacePhys); the confidence is its signal quality index.

    No dependency of the project: it brings JAX and Keras (`pip install open-rppg`).
    """
    try:
        library = import_module("rppg")
    except ImportError:
        return {}
    model = library.Model()

    def run(clip: Decoded) -> Said:
        said = model.process_video_tensor(clip.frames, fps=_frames_per_second(clip))
        if not said or said["hr"] is None:
            return Said(None, 0.0)
        return Said(float(said["hr"]), float(said["SQI"]))

    return {"open-rppg": run}


def _frames_per_second(clip: Decoded) -> float:
    return 1.0 / float(np.median(np.diff(clip.times_s)))
