"""UBFC-rPPG (Bobbia et al. 2017): uncompressed webcam videos beside a pulse oximeter, in both of its layouts.

Dataset 2: ``subjectN/vid.avi`` and ``subjectN/ground_truth.txt`` of three lines, the wave, the rate in bpm, and the
times in s. Dataset 1: ``N-gt/vid.avi`` and ``N-gt/gtdump.xmp``, of lines of time in ms, rate, saturation, wave.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.evaluation.datasets.recording import DatasetLayoutError, DatasetRecording, risen
from services.heart_rate.sessions import traces_of

_VIDEO, _SECOND, _FIRST = "vid.avi", "ground_truth.txt", "gtdump.xmp"


def recordings(folder: Path) -> Iterator[DatasetRecording]:
    """Every recording below ``folder``, by name. Raises DatasetLayoutError where there is none."""
    videos = sorted(folder.glob(f"*/{_VIDEO}"))
    if not videos:
        raise DatasetLayoutError(f"No */{_VIDEO} in the given folder; give the folder that holds subject1, subject2, …")
    for video in videos:
        subject = video.parent
        read = partial(_of_second if (subject / _SECOND).is_file() else _of_first, subject)
        yield DatasetRecording(subject.name, subject.name, "ubfc", partial(traces_of, video), read)


def _of_second(subject: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lines = (subject / _SECOND).read_text().strip().splitlines()
    if len(lines) != 3:
        raise DatasetLayoutError(
            f"{subject.name}/{_SECOND} has {len(lines)} lines, not the wave, the rates, the times."
        )
    wave, _, times = (np.array(line.split(), np.float64) for line in lines)
    return risen(times, wave)


def _of_first(subject: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not (subject / _FIRST).is_file():
        raise DatasetLayoutError(f"{subject.name} has neither {_SECOND} nor {_FIRST}; copy it beside {_VIDEO}.")
    rows = np.loadtxt(subject / _FIRST, delimiter=",", ndmin=2)
    return risen(rows[:, 0] / 1000, rows[:, 3])
