"""The intensity window that the network sees: brain tissue, 0 to 80 HU, in eight bits."""

import numpy as np
from numpy.typing import NDArray

WINDOW_LOW_HU = 0.0
WINDOW_HIGH_HU = 80.0


def brain_window(hu: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Map HU to 0..255 over the brain window: air, fat and below become 0; bone and above become 255.

    Works on any shape, slice by slice along axis 0 of a volume, so that no float copy of a whole volume is made.
    """
    windowed = np.empty(hu.shape, np.uint8)
    scale = np.float32(255.0 / (WINDOW_HIGH_HU - WINDOW_LOW_HU))
    for index in range(len(hu)):
        level = (hu[index].astype(np.float32) - np.float32(WINDOW_LOW_HU)) * scale
        windowed[index] = np.rint(np.clip(level, 0.0, 255.0)).astype(np.uint8)
    return windowed


def window_to_hu(windowed: NDArray[np.uint8]) -> NDArray[np.float32]:
    """HU of windowed values; what the window cut off comes back as its border."""
    span = np.float32((WINDOW_HIGH_HU - WINDOW_LOW_HU) / 255.0)
    return windowed.astype(np.float32) * span + np.float32(WINDOW_LOW_HU)
