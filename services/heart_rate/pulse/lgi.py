"""LGI and OMIT: green, seen in the plane orthogonal to the one direction in which light and motion move a colour."""

import numpy as np
from numpy.typing import NDArray


def lgi(rgb: NDArray[np.float64], _rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N): green of (I − u₁u₁ᵀ)C, u₁ the first left singular vector of C.

    Source: Pilz, Zaunseder, Krajewski, Blazek, "Local group invariance for heart rate estimation from face videos in
    the wild", CVPR Workshops 2018. u₁ is the leading eigenvector of CCᵀ, which is 3 by 3 whatever N is.
    """
    moments = rgb @ np.swapaxes(rgb, -1, -2) / rgb.shape[-1]
    return _green_beside(rgb, np.linalg.eigh(moments)[1][..., -1])


def omit(rgb: NDArray[np.float64], _rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N): green of (I − q₁q₁ᵀ)C, q₁ the first column of Q in C = QR.

    Source: Álvarez Casado, Bordallo López, "Face2PPG: an unsupervised pipeline for blood volume pulse extraction from
    faces", IEEE J Biomed Health Inform 2023;27:5530. By Gram-Schmidt q₁ is the first sample's colour, at length 1.
    """
    first = rgb[..., 0]
    length = np.linalg.norm(first, axis=-1, keepdims=True)
    return _green_beside(rgb, np.divide(first, length, out=np.zeros_like(first), where=length > 0))


def _green_beside(rgb: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    along = (direction[..., None] * rgb).sum(axis=-2)
    return np.asarray(rgb[..., 1, :] - direction[..., 1, None] * along)
