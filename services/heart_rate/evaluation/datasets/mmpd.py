"""MMPD (Tang et al. 2023): telephone videos in four lights, at rest and moving, of four skin types.

``subjectN/pN_K.mat`` of MATLAB 5 hold "video" (N, H, W, 3) of 0 to 1 at 30 frames a second, "GT_ppg" (1, N), and the
circumstances as "light", "motion" and "skin_color".
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from services.heart_rate.evaluation.datasets.recording import DatasetLayoutError, DatasetRecording, risen
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.tracking import FaceTracker
from services.heart_rate.sessions import FaceSession
from services.heart_rate.traces import RegionTraces
from services.heart_rate.video.frames import Frame

FRAMES_PER_SECOND = 30.0


def recordings(folder: Path) -> Iterator[DatasetRecording]:
    """Every recording below ``folder``, by name. Raises DatasetLayoutError where there is none.

    A file is read as a whole, as its format wants it: the full set takes 4 GB of memory for a minute, the small 0.3 GB.
    """
    files = sorted(folder.glob("subject*/p*_*.mat"))
    if not files:
        raise DatasetLayoutError("No subject*/p*_*.mat in the given folder; give the folder that holds subject1, …")
    for file in files:
        name, person = f"{file.parent.name}/{file.stem}", file.parent.name
        yield DatasetRecording(name, person, _circumstances(file), partial(_traces, file), partial(_contact, file))


def _loaded(file: Path, *names: str) -> list[NDArray[Any]]:
    try:
        contents = loadmat(file, variable_names=names)
        return [np.asarray(contents[name]) for name in names]
    except (OSError, KeyError, ValueError, NotImplementedError) as error:
        raise DatasetLayoutError(
            f"{file.name} holds no {', '.join(names)} as MATLAB 5 has it; copy it again."
        ) from error


def _circumstances(file: Path) -> str:
    light, motion, skin = (str(value.ravel()[0]) for value in _loaded(file, "light", "motion", "skin_color"))
    return f"{light}, {motion}, skin {skin}"


def _traces(file: Path, detector: FaceDetector) -> RegionTraces:
    (video,) = _loaded(file, "video")
    session = FaceSession(FaceTracker(detector))
    for count, picture in enumerate(video):
        levels = np.rint(255 * np.asarray(picture, np.float32)).clip(0, 255).astype(np.uint8)
        session.see(Frame(count / FRAMES_PER_SECOND, levels, 1.0))
    return session.traces(None)


def _contact(file: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    (wave,) = _loaded(file, "GT_ppg")
    flat = np.asarray(wave, np.float64).ravel()
    return risen(np.arange(len(flat)) / FRAMES_PER_SECOND, flat)
