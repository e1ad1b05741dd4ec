"""The pattern of a face's brightness, and by how much it has shifted since it was learnt."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.heart_rate.face.crop import ACROSS, DOWN, FaceCrop

# The middle of the grid counts most: its corners show what is behind the head.
_WINDOW = np.asarray(cv2.createHanningWindow((ACROSS, DOWN), cv2.CV_32F), np.float32)
_WEIGHTS = (_WINDOW / _WINDOW.sum()).ravel()


@dataclass(frozen=True)
class Pattern:
    """``grey`` (DOWN, ACROSS), and what tells of another relief (P,), by one product (3, P), its shift and likeness.

    A relief is brightness without its mean and of unit spread. ``_own_shift`` (2,) is what the product makes of the
    pattern's own relief.
    """

    grey: NDArray[np.float32]
    _forms: NDArray[np.float32]
    _own_shift: NDArray[np.float64]

    @classmethod
    def learn(cls, crop: FaceCrop) -> "Pattern":
        """The pattern of ``crop``.

        A shift d changes the relief by g · d, so that d = (Σ w g gᵀ)⁻¹ Σ w g (relief now − relief then), with g the
        relief's gradient (Lucas and Kanade 1981; that of the template alone: Baker and Matthews 2004). Content that
        moves to the right makes d negative.
        """
        grey = crop.grey()
        relief = _relief(grey)
        down, across = np.gradient(relief.reshape(DOWN, ACROSS))
        gradient = np.stack([across.ravel(), down.ravel()])  # (2, P)
        curvature = (gradient * _WEIGHTS) @ gradient.T + 1e-6 * np.eye(2)
        solver = np.linalg.solve(curvature, gradient * _WEIGHTS)
        forms = np.asarray(np.vstack([solver, _WEIGHTS * relief]), np.float32)
        return cls(grey, forms, np.asarray(forms[:2] @ relief, np.float64))

    def small_shift(self, crop: FaceCrop) -> tuple[NDArray[np.float64], float]:
        """How far (2,) x, y in cells the content of ``crop`` lies from the pattern, and how alike they are, to 1.

        Right for shifts of up to about two cells; a larger one takes ``large_shift`` first.
        """
        seen = np.asarray(self._forms @ _relief(crop.grey()), np.float64)
        return self._own_shift - seen[:2], float(seen[2])

    def large_shift(self, crop: FaceCrop) -> NDArray[np.float64]:
        """The same for any shift within the grid, within about half a cell, by phase correlation."""
        shift, _ = cv2.phaseCorrelate(self.grey, crop.grey(), _WINDOW)
        return np.array(shift)


def _relief(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness (P,) without weighted mean and of unit weighted spread: as in any light."""
    flat = grey.ravel()
    level = flat - _WEIGHTS @ flat
    return np.asarray(level / np.maximum(np.sqrt(_WEIGHTS @ level**2), 1e-3), np.float32)
