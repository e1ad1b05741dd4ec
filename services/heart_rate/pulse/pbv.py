"""PBV: the weights under which only the blood volume's own colour signature remains."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import relative
from services.heart_rate.signals.spectrum import band_passed

# Relative pulsation of R, G, B under white light (de Haan & van Leest 2014, section 2).
SIGNATURE: Final = np.array([0.33, 0.77, 0.53])
# Diagonal loading, of the total power. Without it the weights of still skin turn against the pulse itself wherever its
# colour is not exactly the signature (a third of the generated still recordings went wrong at 1e-6, none at 0.03; from
# 0.1 on the defence against motion is lost).
_LOADING: Final = 0.03


def pbv(rgb: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N): w·Cₙ with w = k Q⁻¹p, Q = CₙCₙᵀ, p the signature; rises with green.

    Source: de Haan, van Leest, "Improved motion robustness of remote-PPG by using the blood volume pulse signature",
    Physiol Meas 2014;35:1913, eq. 11. k makes wᵀp = 1, so that the pulse keeps its amplitude. Q is loaded on its
    diagonal.
    """
    colour = band_passed(relative(rgb) - 1.0, rate_hz)
    power = colour @ np.swapaxes(colour, -1, -2) / colour.shape[-1]
    loading = _LOADING * np.trace(power, axis1=-2, axis2=-1)[..., None, None] + np.finfo(np.float64).tiny
    weights = np.linalg.solve(power + loading * np.eye(3), SIGNATURE[:, None])[..., 0]
    along = (weights * SIGNATURE).sum(axis=-1, keepdims=True)
    return np.asarray(((weights / along)[..., None] * colour).sum(axis=-2))
