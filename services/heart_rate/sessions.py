"""One video, from its file to the colours of the patient's skin: everything that is learnt on the way belongs to it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.boxes import Box
from services.heart_rate.face.detector import FaceDetector
from services.heart_rate.face.errors import NoFaceError
from services.heart_rate.face.track import FaceTrack
from services.heart_rate.face.tracking import FaceTracker
from services.heart_rate.skin.background import Background
from services.heart_rate.skin.errors import NoColourError
from services.heart_rate.skin.sampling import SkinSampler
from services.heart_rate.traces import REGIONS, RegionTraces, VideoFacts
from services.heart_rate.video.frames import Frame, FrameReader
from services.heart_rate.video.opening import open_video

# A face that the detector found once only was none.
_LEAST_CONFIRMATIONS = 2
# Between the highest and the lowest channel. The darkest skin in the dimmest light that is generated differs by 6
# levels, the picture of an infra-red camera by none but the coder's rounding.
_LEAST_COLOUR = 2.0
_PROGRESS_EVERY = 30  # frames


def traces_of(
    path: Path, detector: FaceDetector, progress: Callable[[float], None] = lambda _: None, threads: int = 2
) -> RegionTraces:
    """The colours of the patient's face in the video at ``path``; ``progress`` is called with 0..1.

    Where the container does not say how long it is, as browsers' recordings do not, it is called with 0 all along.

    The patient is the face that is largest and longest seen: of which the sum of widths over all frames is greatest.
    Frames are read one at a time and forgotten, so that memory does not grow with the clip but for its traces; what one
    clip taught never meets another.

    Raises an error of ``video.errors``, NoFaceError or NoColourError; what ``progress`` raises ends the reading.
    """
    with open_video(path, threads) as video:
        reader = FrameReader(video)
        seconds = reader.seconds()
        session = FaceSession(FaceTracker(detector))
        for count, frame in enumerate(reader):
            session.see(frame)
            if count % _PROGRESS_EVERY == 0:
                progress(min(frame.time_s / seconds, 1.0) if seconds else 0.0)
        return session.traces(reader.facts())


@dataclass
class _Readings:
    """What was read of one face: frame by frame, with what it was read by."""

    sampler: SkinSampler = field(default_factory=SkinSampler)
    background: Background = field(default_factory=Background)
    confirmations: int = 0
    last_s: float | None = None
    frames: list[int] = field(default_factory=list)
    rows: list[NDArray[np.float64]] = field(default_factory=list)

    def keep(self, kept: list[bool]) -> None:
        """Forget the readings that are not ``kept``."""
        self.frames = [frame for frame, keep in zip(self.frames, kept, strict=True) if keep]
        self.rows = [row for row, keep in zip(self.rows, kept, strict=True) if keep]


# One row of readings: R x 3 means, R pixels, centre, width, background.
_RGB = slice(0, 3 * len(REGIONS))
_PIXELS = slice(_RGB.stop, _RGB.stop + len(REGIONS))
_CENTRE = slice(_PIXELS.stop, _PIXELS.stop + 2)
_WIDTH = _CENTRE.stop
_BACKGROUND = slice(_WIDTH + 1, _WIDTH + 4)
_ROW = _BACKGROUND.stop


@dataclass
class FaceSession:
    """Reads the skin of every face of one clip; of all of them the patient's is known only at the end."""

    tracker: FaceTracker
    _times_s: list[float] = field(default_factory=list)
    _faces: defaultdict[int, _Readings] = field(default_factory=lambda: defaultdict(_Readings))

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        sighting = self.tracker.update(frame.image, frame.time_s)
        boxes = [track.box for track in sighting.faces]
        for track, box in zip(sighting.faces, boxes, strict=True):
            readings = self._faces[track.identity]
            readings.frames.append(len(self._times_s))
            readings.rows.append(_row(frame, track, box, readings, boxes))
        self._times_s.append(frame.time_s)
        self._take_back(sighting.taken_back)

    def traces(self, video: VideoFacts | None) -> RegionTraces:
        """The traces of the patient's face. Raises NoFaceError where none was followed, NoColourError of a grey one."""
        self._take_back(self.tracker.finish())
        followed = [face for face in self._faces.values() if face.confirmations >= _LEAST_CONFIRMATIONS and face.rows]
        if not followed:
            raise NoFaceError("No face was found in the video; record one from the front, lit, and near the camera.")
        patient = max(followed, key=lambda face: sum(row[_WIDTH] for row in face.rows))
        rows = np.full((len(self._times_s), _ROW), np.nan)
        rows[:, _PIXELS] = 0
        rows[patient.frames] = patient.rows
        _refuse_grey(np.array(patient.rows)[:, _RGB].reshape(-1, len(REGIONS), 3))
        # Arrays of their own, not views: sums depend on how numbers lie in memory, in the last bit.
        return RegionTraces(
            times_s=np.array(self._times_s),
            rgb=np.ascontiguousarray(rows[:, _RGB].reshape(-1, len(REGIONS), 3).swapaxes(0, 1)),
            pixels=np.ascontiguousarray(rows[:, _PIXELS].T),
            centre=rows[:, _CENTRE].copy(),
            size=rows[:, _WIDTH].copy(),
            background=rows[:, _BACKGROUND].copy(),
            video=video,
        )

    def _take_back(self, since_s: dict[int, float]) -> None:
        for identity, since in since_s.items():
            if identity in self._faces:
                face = self._faces[identity]
                face.keep([self._times_s[frame] <= since for frame in face.frames])


def _refuse_grey(rgb: NDArray[np.float64]) -> None:
    """Raise NoColourError where ``rgb`` (N, R, 3) is grey as a rule."""
    spread = rgb.max(axis=-1) - rgb.min(axis=-1)
    seen = spread[np.isfinite(spread)]
    if len(seen) and np.median(seen) < _LEAST_COLOUR:
        raise NoColourError(
            "The face has no colour in the video, as an infra-red camera shows it; record in colour, by visible light."
        )


def _row(frame: Frame, track: FaceTrack, box: Box, readings: _Readings, faces: list[Box]) -> NDArray[np.float64]:
    """What is read of one face in one frame, in pixels of the video."""
    if track.confirmed_s == frame.time_s:
        readings.sampler.look(track.crop)
        readings.confirmations += 1
    passed = 0.0 if readings.last_s is None else frame.time_s - readings.last_s
    readings.last_s = frame.time_s
    means, pixels = readings.sampler.read(track.crop, passed)
    row = np.empty(_ROW)
    row[_RGB] = means.ravel()
    row[_PIXELS] = pixels * frame.scale**2
    row[_CENTRE] = track.centre * frame.scale
    row[_WIDTH] = track.size[0] * frame.scale
    row[_BACKGROUND] = readings.background.read(frame.image, box, faces)
    return row
