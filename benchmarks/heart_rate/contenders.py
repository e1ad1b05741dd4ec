"""Who is measured: this platform, and the local methods of `vitallens` where it is installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    """The local methods of `vitallens`, by name; none where it is not installed."""
    try:
        from vitallens import VitalLens
    except ImportError:
        return {}
    return {f"vitallens {method}": _rival(VitalLens(method=method, export_to_json=False)) for method in RIVAL_METHODS}


def _rival(library: Callable[..., list[Mapping[str, Any]]]) -> Contender:
    def run(clip: Decoded) -> Said:
        frames_per_second = 1.0 / float(np.median(np.diff(clip.times_s)))
        faces = library(clip.frames, fps=frames_per_second)
        rate = faces[0]["vitals"].get("heart_rate") if faces else None
        return Said(None, 0.0) if rate is None else Said(float(rate["value"]), float(rate["confidence"]))

    return run
