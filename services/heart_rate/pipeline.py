"""The way of one video, top to bottom: file in; heart rate, or the reason for none, and its pictures out."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from services.heart_rate.estimate import estimate
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.errors import NoFaceError
from services.heart_rate.plots import FORMATS, PLOTS
from services.heart_rate.quality.confidence import COEFFICIENTS_FILE
from services.heart_rate.result import HeartRateEstimate, nothing
from services.heart_rate.sessions import traces_of
from shared.contracts.heart_rate import HeartRateReport, Reason

MODEL_NAME: Final = "rppg_fusion"
# Raised when the same video may read otherwise; behind the plus, which fit of the confidence judged it.
MODEL_VERSION: Final = f"1.0.0+{sha256(COEFFICIENTS_FILE.read_bytes()).hexdigest()[:8]}"
# Where each stage ends, as a share of a typical run: reading takes most of the time.
READ, ESTIMATED, DRAWN = 0.85, 0.9, 0.97
MEDIA_TYPES: Final = {"png": "image/png", "svg": "image/svg+xml"}

ReportProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Picture:
    """A drawn plot."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class VideoReading:
    """What one video says, ``duration_s`` of it analysed; ``pictures`` by role, "pulse_png", "trend_svg" and so on."""

    report: HeartRateReport
    duration_s: float
    pictures: dict[str, Picture]


def read_video(path: Path, detector: FaceDetector, report: ReportProgress, threads: int = 2) -> VideoReading:
    """Read the heart rate of the person in the video at ``path``, which ``threads`` decode.

    ``report`` hears the share done (0 to 1) and the stage; what it raises, such as a deadline, ends the reading. A rate
    that is withheld is a result, and so is a video without a face. Of what could not even be analysed nothing is drawn.

    Raises an error of ``video.errors`` where the file cannot be read.
    """
    said = _said(path, detector, report, threads)
    pictures = _drawn(said, report) if said.pulse is not None else {}
    return VideoReading(said.report(), said.quality.get("duration_s", 0.0), pictures)


def _said(path: Path, detector: FaceDetector, report: ReportProgress, threads: int) -> HeartRateEstimate:
    try:
        traces = traces_of(path, detector, lambda share: report(READ * share, "reading"), threads)
    except NoFaceError:
        return nothing(Reason.NO_FACE)
    report(READ, "estimating")
    return estimate(traces)


def _drawn(said: HeartRateEstimate, report: ReportProgress) -> dict[str, Picture]:
    pictures: dict[str, Picture] = {}
    for name, draw in PLOTS.items():
        report(ESTIMATED + (DRAWN - ESTIMATED) * len(pictures) / (len(PLOTS) * len(FORMATS)), "drawing")
        for form in FORMATS:
            pictures[f"{name}_{form}"] = Picture(draw(said, form), MEDIA_TYPES[form])
    return pictures
