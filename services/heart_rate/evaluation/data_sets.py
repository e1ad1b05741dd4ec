"""The estimator on a public data set: every recording is read as a video from outside would be."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from services.heart_rate.estimate import estimate
from services.heart_rate.evaluation.case import Case, Recording
from services.heart_rate.evaluation.datasets import mmpd, pure, ubfc
from services.heart_rate.evaluation.datasets.recording import DatasetRecording
from services.heart_rate.face.detector import FaceDetector
from shared.errors import PlatformError

READERS: Final[dict[str, Callable[[Path], Iterator[DatasetRecording]]]] = {
    "ubfc": ubfc.recordings,
    "pure": pure.recordings,
    "mmpd": mmpd.recordings,
}


def judge(recording: DatasetRecording, dataset: str, detector: FaceDetector) -> Case:
    """Read ``recording``, and hold the estimate against its contact sensor.

    Raises DatasetLayoutError where the contact sensor's file is not in its layout.
    """
    truth = Recording(recording.name, recording.condition, dataset, recording.person, recording.true_bpm())
    try:
        return truth.judged(estimate(recording.read(detector)))
    except PlatformError as refusal:
        return truth.judged(refusal)
