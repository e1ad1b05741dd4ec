"""CHROM: the difference of two chrominances that a specular reflection leaves alone."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import ratio, relative
from services.heart_rate.signals.spectrum import band_passed
from services.heart_rate.signals.windows import windowed

WINDOW_S: Final = 1.6


def chrom(rgb: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N); rises with green.

    X = 3R − 2G and Y = 1.5R + G − 1.5B of the relative colour, band-passed; in every interval of 1.6 s, half
    overlapping, S = X − σ(X)/σ(Y)·Y, weighted by a Hann window and added. The sign is turned, since X falls with green.
    Source: de Haan, Jeanne, "Robust pulse rate from chrominance-based rPPG", IEEE Trans Biomed Eng 2013;60:2878.

    Colours are taken over the mean of all N samples (10 s) rather than of each interval, so that one band-pass serves
    all intervals; the two means differ by a per cent, and so do the results. Samples that only one interval or none
    covers (the ends) take the nearest interval's σ(X)/σ(Y).
    """
    red, green, blue = np.moveaxis(relative(rgb) - 1.0, -2, 0)
    x = band_passed(3 * red - 2 * green, rate_hz)
    y = band_passed(1.5 * red + green - 1.5 * blue, rate_hz)
    count = x.shape[-1]
    half = min(round(WINDOW_S * rate_hz / 2), count // 2)
    alpha = ratio(windowed(x, 2 * half, half).std(axis=-1), windowed(y, 2 * half, half).std(axis=-1))  # (..., K)
    # Hann windows that half overlap add up to 1: the sum is a linear passage from one interval's ratio to the next.
    position = np.clip((np.arange(count) + 0.5) / half - 1.0, 0, alpha.shape[-1] - 1)
    before = position.astype(np.int64)
    after = np.minimum(before + 1, alpha.shape[-1] - 1)
    share = np.sin(0.5 * np.pi * (position - before)) ** 2
    blended = alpha[..., before] * (1 - share) + alpha[..., after] * share
    return np.asarray(blended * y - x)
