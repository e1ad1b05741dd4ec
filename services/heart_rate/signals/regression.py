"""What light and movement do to a face's colours, taken off them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.signals.spectrum import LOWEST_BPM, band_passed

# Changes behind the face below 0.2 % of its light are left alone: they are no stronger than a pulse, and might be one,
# should some skin lie in the background.
SPARED_LIGHT: Final = 0.002
# Movements below 0.5 % of the face's width are left alone: at each beat the head itself moves by half as much.
SPARED_MOTION: Final = 0.005
# A Hann window of 10 s carries a line up to 12 bpm into the band from below it, where bodies sway. Were only the band
# itself regressed, half of a sway at its very edge would stay (the filter's edge), and stand above a weak pulse.
_REGRESSED_FROM_BPM: Final = LOWEST_BPM - 12.0


def disturbances(background: NDArray[np.float64], face: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """The regressors (..., 4, N), in the units in which 1 is spared: light, and the face's x, y and size.

    ``background`` (..., 3, N) relative to its mean, ``face`` (..., 3, N) in face widths.
    """
    light = background.mean(axis=-2, keepdims=True) / SPARED_LIGHT
    courses = np.concatenate([light, face / SPARED_MOTION], axis=-2)
    return band_passed(courses, rate_hz, _REGRESSED_FROM_BPM)


def regressed(colour: NDArray[np.float64], regressors: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Relative ``colour`` (..., 3, N), about 1, less what follows ``regressors`` (..., K, N) in or just below the band.

    Ridge regression over the window: B = (RRᵀ/N + I)⁻¹ RCᵀ/N, C − BᵀR. A regressor far above 1 is removed as least
    squares would, one below it hardly. For light after Li, Chen, Zhao, Pietikäinen, "Remote heart rate measurement from
    face videos under realistic situations", CVPR 2014, which adapts the share by normalised least mean squares; for
    movement because shade follows place.
    """
    count = colour.shape[-1]
    changing = band_passed(colour, rate_hz, _REGRESSED_FROM_BPM)
    across = np.swapaxes(regressors, -1, -2)
    powers = regressors @ across / count + np.eye(regressors.shape[-2])
    shares = np.linalg.solve(powers, regressors @ np.swapaxes(changing, -1, -2) / count)  # (..., K, 3)
    return np.asarray(colour - np.swapaxes(shares, -1, -2) @ regressors)
