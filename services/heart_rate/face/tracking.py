"""All faces of one clip through time: who is seen now, and what of an earlier moment has to be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.boxes import Box, overlaps
from services.heart_rate.face.detector import FaceDetector, Faces
from services.heart_rate.face.track import FaceTrack

# The detector looks every five seconds, sooner while nobody is there or somebody is new, and at once when a face's
# pattern is lost. Between looks a face is followed by its pattern, for a hundredth of the cost.
LOOK_S = 5.0
LOOK_SOON_S = 0.4
# What a look did not find is looked for again soon, and is gone after so many looks in vain.
LOOK_AGAIN_S = 0.1
MISSES = 3
# A new face has to be surer than one that was there before.
NEW_SCORE = 0.8
SAME_FACE = 0.3  # intersection over union of a followed box with a detected one
# From here on skin of the one face may lie in the box of the other, and beyond the second, who is who is not known.
TOUCHING, MERGED = 0.02, 0.3
# A face beyond the frame's edge by more than this has lost a cheek.
MOST_OUTSIDE = 0.2
MOST_FACES = 8
# Looks at even intervals would put whatever they disturb at one frequency, inside the band of a pulse: each interval
# is stretched by a step of the golden ratio's sequence, which spreads it evenly and is the same at every run.
_GOLDEN, _SPREAD = 0.618034, 0.5


@dataclass(frozen=True)
class Sighting:
    """The faces of one frame that may be read; and ``taken_back``: of each identity that turned out to be gone, the
    time (s) after which what was read of it does not count."""

    faces: list[FaceTrack]
    taken_back: dict[int, float]


@dataclass
class FaceTracker:
    """Follows every face of one clip; a tracker is made for one clip and never used for another.

    Between two looks of the detector a face counts as seen when the later look confirms it, and before a look in vain
    as long as its pattern was clear. A face that returns keeps its identity if exactly one face that left resembles it;
    else it is a new one, so that two people's pulses are never joined.
    """

    detector: FaceDetector
    _present: list[FaceTrack] = field(default_factory=list)
    _gone: list[FaceTrack] = field(default_factory=list)
    _time_s: float = 0.0
    _looked_s: float = 0.0
    _next_look_s: float = 0.0
    _looks: int = 0
    _identities: int = 0

    def update(self, image: NDArray[np.uint8], time_s: float) -> Sighting:
        """Follow all faces to ``image`` (H, W, 3) at ``time_s``."""
        for track in self._present:
            track.follow(image, time_s)
        self._time_s = time_s
        lost = self._merged()
        if any(track.is_astray for track in self._present):
            self._next_look_s = min(self._next_look_s, self._looked_s + LOOK_AGAIN_S)
        if time_s >= self._next_look_s:
            lost += self._look(image)
        for track in lost:
            self._present.remove(track)
            self._gone.append(track)
        taken_back = {track.identity: track.seen_s for track in lost}
        return Sighting(self._readable(image.shape[1], image.shape[0]), taken_back)

    def finish(self) -> dict[int, float]:
        """What has to be taken back at the end of the clip: what no look confirmed any more."""
        return {track.identity: track.seen_s for track in self._present if track.misses}

    def _look(self, image: NDArray[np.uint8]) -> list[FaceTrack]:
        """Let the detector confirm, find and miss faces; those that are gone."""
        found = self.detector.detect(image)
        matched = _matches(self._present, found)
        for track, index in matched:
            track.confirm(image, found.boxes[index], self._time_s)
        unseen = [track for track in self._present if track.confirmed_s != self._time_s]
        for track in unseen:
            track.misses += 1
        taken = {index for _, index in matched}
        for index in range(len(found)):
            if index not in taken and found.scores[index] >= NEW_SCORE and len(self._present) < MOST_FACES:
                self._present.append(self._welcome(image, found.boxes[index]))
        self._looks += 1
        self._looked_s = self._time_s
        settled = bool(self._present) and all(track.confirmations > 1 for track in self._present)
        usual = LOOK_S if settled else LOOK_SOON_S
        wait = LOOK_AGAIN_S if unseen else usual * (1 - _SPREAD / 2 + _SPREAD * (self._looks * _GOLDEN % 1))
        self._next_look_s = self._time_s + wait
        return [track for track in unseen if track.misses >= MISSES]

    def _welcome(self, image: NDArray[np.uint8], box: NDArray[np.float64]) -> FaceTrack:
        """A face that was not there at the last look: one that returned, or a new one."""
        track = FaceTrack.start(self._identities, image, box, self._time_s)
        alike = [gone for gone in self._gone if gone.appearance.resembles(track.appearance)]
        if len(alike) == 1:
            self._gone.remove(alike[0])
            track.identity = alike[0].identity
            track.confirmations += alike[0].confirmations
        else:
            self._identities += 1
        return track

    def _merged(self) -> list[FaceTrack]:
        """Faces of which one hides the other: after it nobody knows who is who, but by their looks."""
        return [track for track, overlap in self._with_largest_overlap() if overlap > MERGED]

    def _readable(self, width: int, height: int) -> list[FaceTrack]:
        return [
            track
            for track, overlap in self._with_largest_overlap()
            if overlap <= TOUCHING and _share_inside(track.box, width, height) >= 1 - MOST_OUTSIDE
        ]

    def _with_largest_overlap(self) -> Iterable[tuple[FaceTrack, float]]:
        if len(self._present) < 2:
            return [(track, 0.0) for track in self._present]
        boxes = np.array([track.box for track in self._present])
        overlap = overlaps(boxes, boxes)
        np.fill_diagonal(overlap, 0)
        return zip(self._present, overlap.max(axis=1).tolist(), strict=True)


def _matches(tracks: list[FaceTrack], found: Faces) -> list[tuple[FaceTrack, int]]:
    """Pairs of a track and the index of the face that it is: the largest overlap first, each at most once."""
    if not tracks or not len(found):
        return []
    overlap = overlaps(np.array([track.box for track in tracks]), found.boxes)
    pairs: list[tuple[np.intp, np.intp]] = []
    for flat in np.argsort(-overlap, axis=None, kind="stable"):
        row, column = np.unravel_index(flat, overlap.shape)
        if overlap[row, column] < SAME_FACE:
            break
        if all(row != r and column != c for r, c in pairs):
            pairs.append((row, column))
    return [(tracks[row], int(column)) for row, column in pairs]


def _share_inside(box: Box, width: int, height: int) -> float:
    left, top, right, bottom = box
    across, down = min(right, width) - max(left, 0), min(bottom, height) - max(top, 0)
    return float(max(across, 0) * max(down, 0) / ((right - left) * (bottom - top)))
