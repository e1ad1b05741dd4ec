"""What the light does to the face, as the background shows it, taken off the face's colours."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.spectrum import band_passed

# Changes behind the face below 0.2 % of its light are left alone: they are no stronger than a pulse, and might be one,
# should some skin lie in the background.
_SPARED: Final = 0.002


def light_removed(colour: NDArray[np.float64], background: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Relative ``colour`` (..., 3, N), about 1, less what follows the relative ``background`` (..., 3, N) in the band.

    One regressor b, the background's mean over its channels, and for each channel c the least-squares share:
    c − s·(⟨c, b⟩ / ⟨b, b⟩)·b with s = σ² / (σ² + 0.002²), σ² being the power of b. After Li, Chen, Zhao, Pietikäinen,
    "Remote heart rate measurement from face videos under realistic situations", CVPR 2014, which adapts the share by
    normalised least mean squares; over a window of 10 s it is a constant.
    """
    light = band_passed(background.mean(axis=-2, keepdims=True), rate_hz)
    power = (light**2).mean(axis=-1, keepdims=True)
    changing = band_passed(colour, rate_hz)
    share = (changing * light).mean(axis=-1, keepdims=True) / (power + _SPARED**2)
    return np.asarray(colour - share * light)
