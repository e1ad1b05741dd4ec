"""PURE (Stricker et al. 2014): lossless pictures of a face beside a pulse oximeter, six tasks of each person.

``PP-TT/PP-TT/Image<ns>.png`` are the frames, their name the time in ns; ``PP-TT/PP-TT.json`` holds the oximeter's
samples as "/FullPackage", each of a "Timestamp" in ns and a "Value" with "waveform".
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.evaluation.datasets.recording import DatasetLayoutError, DatasetRecording, risen
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.tracking import FaceTracker
from services.heart_rate.sessions import FaceSession
from services.heart_rate.traces import RegionTraces
from services.heart_rate.video.frames import Frame

TASKS = {
    "01": "steady", "02": "talking", "03": "slow_translation", "04": "fast_translation",
    "05": "small_rotation", "06": "medium_rotation",
}  # fmt: skip
_NAME = re.compile(r"^(\d{2})-(\d{2})$")
_NANOSECONDS = 1e-9


def recordings(folder: Path) -> Iterator[DatasetRecording]:
    """Every recording below ``folder``, by name. Raises DatasetLayoutError where there is none."""
    named = [(entry, _NAME.match(entry.name)) for entry in sorted(folder.iterdir()) if entry.is_dir()]
    found = [(entry, match) for entry, match in named if match]
    if not found:
        raise DatasetLayoutError("No folder like 01-01 in the given one; give the folder that holds 01-01, 01-02, …")
    for entry, match in found:
        person, task = match.groups()
        condition = TASKS.get(task, f"task_{task}")
        yield DatasetRecording(entry.name, person, condition, partial(_traces, entry), partial(_contact, entry))


def _traces(entry: Path, detector: FaceDetector) -> RegionTraces:
    pictures = sorted((entry / entry.name).glob("Image*.png"))
    if not pictures:
        raise DatasetLayoutError(f"{entry.name}/{entry.name} holds no Image*.png; unpack the pictures there.")
    session = FaceSession(FaceTracker(detector))
    first = _time_s(pictures[0])
    for picture in pictures:
        pixels = cv2.imread(str(picture), cv2.IMREAD_COLOR)
        if pixels is None:
            raise DatasetLayoutError(f"{entry.name}/{picture.name} is no readable picture; copy it again.")
        colours = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
        session.see(Frame(_time_s(picture) - first, colours, 1.0))
    return session.traces(None)


def _time_s(picture: Path) -> float:
    return int(picture.stem.removeprefix("Image")) * _NANOSECONDS


def _contact(entry: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    try:
        samples = json.loads((entry / f"{entry.name}.json").read_bytes())["/FullPackage"]
        times = np.array([sample["Timestamp"] for sample in samples], np.int64)
        wave = np.array([sample["Value"]["waveform"] for sample in samples], np.float64)
    except (OSError, KeyError, ValueError) as error:
        raise DatasetLayoutError(
            f"{entry.name}/{entry.name}.json does not hold the oximeter's samples; copy it again."
        ) from error
    return risen((times - times[0]) * _NANOSECONDS, wave)
