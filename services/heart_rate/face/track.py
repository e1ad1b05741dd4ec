"""One face through time: held by its own pattern from frame to frame, and by the detector in the long run."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.appearance import Appearance
from services.heart_rate.face.crop import ACROSS, DOWN, FaceCrop, corner_of, whole

# The detector's box jitters by a hundredth of its size from one look to the next. Were it followed at once, the skin
# regions would leap in step with the looks, which at two a second would be a pulse of 120 bpm.
SETTLING_S = 1.0
# A box that far from where the pattern says, in shares of its size, is right and the pattern is not.
LEAP = 0.25
# A phase correlation weaker than this found noise; the face is held where it was until the detector looks again.
LEAST_RESPONSE = 0.05

_WINDOW = cv2.createHanningWindow((ACROSS, DOWN), cv2.CV_32F)


@dataclass
class FaceTrack:
    """Where one face is: ``centre`` and ``size`` (2,) x, y in pixels of the working frame.

    ``confirmed_s`` is when the detector last saw it, ``confirmations`` how often, ``misses`` how often not since.
    """

    identity: int
    centre: NDArray[np.float64]
    size: NDArray[np.float64]
    confirmed_s: float
    crop: FaceCrop
    appearance: Appearance
    confirmations: int = 1
    misses: int = 0
    _template: NDArray[np.float32] = field(init=False)
    _within_crop: NDArray[np.float64] = field(init=False)
    _offset: NDArray[np.float64] = field(init=False)
    _growth: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self._offset, self._growth = np.zeros(2), np.zeros(2)
        self._learn()

    @classmethod
    def start(cls, identity: int, image: NDArray[np.uint8], box: NDArray[np.float64], time_s: float) -> "FaceTrack":
        """Begin with the detector's ``box`` (4,) of ``image`` (H, W, 3)."""
        centre, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        crop = FaceCrop.cut(image, centre, size)
        return cls(identity, centre, size, time_s, crop, Appearance.of(crop))

    @property
    def box(self) -> NDArray[np.float64]:
        """(4,): x0, y0, x1, y1."""
        return np.concatenate([self.centre - self.size / 2, self.centre + self.size / 2])

    def follow(self, image: NDArray[np.uint8], seconds: float) -> None:
        """Move on by ``seconds`` to ``image``, by what the pattern shifted and a part of what the detector corrected."""
        crop = FaceCrop.cut(image, self.centre, self.size)
        (right, down), response = cv2.phaseCorrelate(self._template, crop.grey(), _WINDOW)
        shift = np.array([right, down]) * crop.cell
        if response >= LEAST_RESPONSE and (np.abs(shift) <= LEAP * self.size).all():
            self.centre = crop.middle + shift + self._within_crop
        part = 1 - np.exp(-seconds / SETTLING_S)
        self.centre = self.centre + part * self._offset
        self._within_crop = self._within_crop + part * self._offset
        self.size = self.size + part * self._growth
        self._offset, self._growth = (1 - part) * self._offset, (1 - part) * self._growth
        same = (corner_of(self.centre, self.size) == crop.corner).all() and (crop.pixels == whole(self.size)).all()
        self.crop = crop if same else FaceCrop.cut(image, self.centre, self.size)

    def confirm(self, image: NDArray[np.uint8], box: NDArray[np.float64], time_s: float) -> None:
        """The detector sees this face in ``box`` (4,) of the ``image`` that it was followed to."""
        self._offset = (box[:2] + box[2:]) / 2 - self.centre
        self._growth = (box[2:] - box[:2]) - self.size
        if (np.abs(np.concatenate([self._offset, self._growth])) > LEAP * np.tile(self.size, 2)).any():
            self.centre, self.size = self.centre + self._offset, self.size + self._growth
            self._offset, self._growth = np.zeros(2), np.zeros(2)
            self.crop = FaceCrop.cut(image, self.centre, self.size)
        self.confirmed_s, self.misses = time_s, 0
        self.confirmations += 1
        self.appearance = Appearance.of(self.crop)
        self._learn()

    def _learn(self) -> None:
        """Take the present pattern for the one to follow; where the centre lies in it stays a fraction of a pixel."""
        self._template = self.crop.grey()
        self._within_crop = self.centre - self.crop.middle
