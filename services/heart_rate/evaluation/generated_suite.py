"""The estimator on the generated suite: each clip is rendered, coded, and read as a video from outside would be."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from services.heart_rate.estimate import estimate
from services.heart_rate.evaluation.case import Case, Recording
from services.heart_rate.evaluation.stored_traces import store, stored
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.generated.scenes import Scene
from services.heart_rate.generated.suite import Clip
from services.heart_rate.generated.video import write_video
from services.heart_rate.sessions import traces_of
from services.heart_rate.traces import RegionTraces
from shared.errors import PlatformError


def judge(clip: Clip, detector: FaceDetector, kept: Path | None = None) -> Case:
    """Generate ``clip``, read it, and hold the estimate against the pulse that was painted.

    Traces that lie in ``kept`` are taken from there, and written to it where they do not.
    """
    scene = Scene.stage(clip.recipe.scene, clip.seed)
    painted = clip.recipe.scene.people[0].pulsation > 0
    true_bpm = float(np.nanmean(scene.bpm)) if painted else float("nan")
    recording = Recording(clip.name, clip.condition, str(clip.group), clip.name, true_bpm)
    try:
        return recording.judged(estimate(_traces(clip, scene, detector, kept)))
    except PlatformError as refusal:
        return recording.judged(refusal)


def _traces(clip: Clip, scene: Scene, detector: FaceDetector, kept: Path | None) -> RegionTraces:
    file = kept / f"{clip.name}-{clip.seed}.npz" if kept else None
    if file and file.is_file():
        return stored(file)
    with TemporaryDirectory(prefix="generated-") as directory:
        path = write_video(scene, Path(directory) / "clip.mp4", clip.recipe.coding)
        traces = traces_of(path, detector)
    if file:
        store(traces, file)
    return traces
