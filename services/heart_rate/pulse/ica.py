"""ICA: three independent sources, of which the most periodic is taken for the pulse."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import relative
from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.spectrum import power_spectrum

# Fixed, so that every window takes the same steps whatever the others need; 16 settle traces of 10 s.
_STEPS: Final = 16
# Variance that is the arithmetic's own: a colour that changes by a part in 10 billion does not change.
_ROUNDING: Final = 1e-20


def ica(rgb: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N): the independent source with the highest share of power in one peak.

    Source: Poh, McDuff, Picard, "Advancements in noncontact, multiparameter physiological measurements using a
    webcam", IEEE Trans Biomed Eng 2011;58:7 (there by JADE). Its sign is that of its correlation with green.
    """
    colour = detrended(relative(rgb), smoothness(rate_hz))
    sources = independent_sources(colour)
    _, power = power_spectrum(sources, rate_hz)
    chosen = power.max(axis=-1).argmax(axis=-1)[..., None, None]
    pulse = np.take_along_axis(sources, chosen, axis=-2)[..., 0, :]
    along_green = (pulse * colour[..., 1, :]).sum(axis=-1, keepdims=True)
    return np.where(along_green < 0, -pulse, pulse)


def independent_sources(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sources (..., C, N) with unit variance of the mixtures (..., C, N), by symmetric FastICA with g = tanh.

    Whitened z; repeated: W ← E[g(Wz)zᵀ] − diag(E[1 − g²(Wz)])W, W ← (WWᵀ)^(−1/2)W, from W = I.
    Source: Hyvärinen, "Fast and robust fixed-point algorithms for independent component analysis", IEEE Trans Neural
    Netw 1999;10:626, eqs. 20 and 45. Directions without variance stay 0.
    """
    count = signals.shape[-1]
    centred = signals - signals.mean(axis=-1, keepdims=True)
    variances, directions = np.linalg.eigh(centred @ np.swapaxes(centred, -1, -2) / count)
    kept = variances > np.maximum(1e-12 * variances[..., -1:], _ROUNDING)
    scale = np.where(kept, 1 / np.sqrt(np.where(kept, variances, 1.0)), 0.0)
    white = (scale[..., :, None] * np.swapaxes(directions, -1, -2)) @ centred
    unmixing = np.broadcast_to(np.eye(signals.shape[-2]), (*signals.shape[:-1], signals.shape[-2]))
    for _ in range(_STEPS):
        activation = np.tanh(unmixing @ white)
        slope = 1 - (activation**2).mean(axis=-1)
        unmixing = _orthonormal(activation @ np.swapaxes(white, -1, -2) / count - slope[..., None] * unmixing)
    return np.asarray(unmixing @ white)


def _orthonormal(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """(MMᵀ)^(−1/2) M, the nearest orthonormal matrix: U Vᵀ of its singular value decomposition."""
    left, _, right = np.linalg.svd(matrix)
    return np.asarray(left @ right)
