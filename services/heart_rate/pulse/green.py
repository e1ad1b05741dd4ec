"""GREEN: the green channel alone."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import relative


def green(rgb: NDArray[np.float64], _rate_hz: float) -> NDArray[np.float64]:
    """The relative green (..., N) of ``rgb`` (..., 3, N), which haemoglobin absorbs most; no defence against motion.

    Source: Verkruysse, Svaasand, Nelson, "Remote plethysmographic imaging using ambient light", Opt Express
    2008;16:21434.
    """
    return relative(rgb)[..., 1, :] - 1.0
