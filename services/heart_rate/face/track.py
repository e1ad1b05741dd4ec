"""One face through time: held by its own pattern from frame to frame, and by the detector in the long run."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.appearance import Appearance
from services.heart_rate.face.boxes import Box
from services.heart_rate.face.crop import FaceCrop
from services.heart_rate.face.pattern import Pattern

# The detector's box jitters by a hundredth of its size from one look to the next. Were it followed at once, the skin
# regions would leap in step with the looks; a single one would move them within a few beats.
SETTLING_S = 3.0
# A box that far from where the pattern says, in shares of its size, is right and the pattern is not.
LEAP = 0.25
# Less alike than this the pattern was not found; the face is held where it was until the detector looks again.
LEAST_LIKENESS = 0.5
# As alike as this it is that face for certain: another in its place is not, nor is the wall.
CLEAR_LIKENESS = 0.8
# While it is more alike than this the pattern is kept: each new one begins with a small error of its own.
FRESH_LIKENESS = 0.85
# In cells: a step of the alignment that is not worth another, and one beyond which it is not to be trusted.
CLOSE_ENOUGH, _NEAR = 0.05, 1.5
_ATTEMPTS = 4


@dataclass
class FaceTrack:
    """Where one face is: ``centre`` and ``size`` (2,) x, y in pixels of the working frame.

    ``_pattern_at`` (2,) is where the pattern would be seen in a crop of the present box, which the detector has moved
    since; ``_offset`` and ``_growth`` (2,) are what is left of its corrections.

    ``confirmed_s`` is when the detector last saw it, ``confirmations`` how often, ``misses`` how often not since;
    ``seen_s`` when it was last certain, by the detector or by its pattern, and ``time_s`` when it was last followed.
    """

    identity: int
    centre: NDArray[np.float64]
    size: NDArray[np.float64]
    confirmed_s: float
    crop: FaceCrop
    appearance: Appearance
    confirmations: int = 1
    misses: int = 0
    seen_s: float = field(init=False)
    time_s: float = field(init=False)
    _pattern: Pattern = field(init=False)
    _pattern_at: NDArray[np.float64] = field(init=False)
    _likeness: float = field(init=False)
    _offset: NDArray[np.float64] = field(init=False)
    _growth: NDArray[np.float64] = field(init=False)
    _velocity: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self._offset, self._growth, self._velocity = np.zeros(2), np.zeros(2), np.zeros(2)
        self.seen_s = self.time_s = self.confirmed_s
        self._learn()

    @classmethod
    def start(cls, identity: int, image: NDArray[np.uint8], box: NDArray[np.float64], time_s: float) -> "FaceTrack":
        """Begin with the detector's ``box`` (4,) of ``image`` (H, W, 3)."""
        centre, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        crop = FaceCrop.cut(image, centre, size)
        return cls(identity, centre, size, time_s, crop, Appearance.of(crop))

    @property
    def box(self) -> Box:
        """Where the face is now."""
        (x, y), (width, height) = self.centre.tolist(), self.size.tolist()
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    @property
    def is_astray(self) -> bool:
        """Whether the pattern was not found in the last frame: the face turned, or left, or is hidden."""
        return self._likeness < LEAST_LIKENESS

    def follow(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Move on to ``image`` at ``time_s``: by the pattern's shift, and by a part of the detector's correction."""
        seconds, self.time_s = time_s - self.time_s, time_s
        part = 1 - math.exp(-seconds / SETTLING_S)
        self.size = self.size + part * self._growth
        self._growth = (1 - part) * self._growth
        self._align(image, seconds)
        if self._likeness >= CLEAR_LIKENESS:
            self.seen_s = time_s
        correction = part * self._offset
        self.centre, self._offset = self.centre + correction, self._offset - correction
        self._pattern_at = self._pattern_at - correction

    def _align(self, image: NDArray[np.uint8], seconds: float) -> None:
        """Put the box to where the pattern is now; where it is not found the box stays."""
        start = self.centre
        self.centre = start + seconds * self._velocity  # mostly right, which saves a second crop
        for attempt in range(_ATTEMPTS):
            self.crop = FaceCrop.cut(image, self.centre, self.size)
            step, self._likeness = self._pattern.small_shift(self.crop)
            shift = step * self.crop.cell - self._pattern_at
            if attempt == 0 and _largest(step) > _NEAR:
                shift = self._pattern.large_shift(self.crop) * self.crop.cell - self._pattern_at
            self.centre = self.centre + shift
            if _largest(shift / self.crop.cell) < CLOSE_ENOUGH:
                break  # what is left is for the next frame
        if self.is_astray or _largest((self.centre - start) / self.size) > LEAP:
            self.centre = start
            self.crop = FaceCrop.cut(image, start, self.size)
        self._velocity = (self.centre - start) / seconds

    def confirm(self, image: NDArray[np.uint8], box: NDArray[np.float64], time_s: float) -> None:
        """The detector sees this face in ``box`` (4,) of the ``image`` that it was followed to."""
        self._offset = (box[:2] + box[2:]) / 2 - self.centre
        self._growth = (box[2:] - box[:2]) - self.size
        leapt = (np.abs(np.concatenate([self._offset, self._growth])) > LEAP * np.tile(self.size, 2)).any()
        if leapt:
            self.centre, self.size = self.centre + self._offset, self.size + self._growth
            self._offset, self._growth = np.zeros(2), np.zeros(2)
            self.crop = FaceCrop.cut(image, self.centre, self.size)
        self.confirmed_s, self.seen_s, self.misses = time_s, time_s, 0
        self.confirmations += 1
        self.appearance = Appearance.of(self.crop)
        if leapt or self._likeness < FRESH_LIKENESS:
            self._learn()

    def _learn(self) -> None:
        """Take the present pattern for the one to follow."""
        self._pattern, self._pattern_at, self._likeness = Pattern.learn(self.crop), np.zeros(2), 1.0


def _largest(values: NDArray[np.float64]) -> float:
    """The largest amount of a few ``values``; NumPy takes as long to begin as this takes altogether."""
    return float(max(abs(value) for value in values.tolist()))
