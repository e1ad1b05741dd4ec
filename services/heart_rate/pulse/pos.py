"""POS: the plane orthogonal to the skin's colour."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import ratio, relative

# Long enough for one beat at 40 bpm, short enough for light and posture to hold still (Wang et al., section IV).
WINDOW_S: Final = 1.6


def pos(rgb: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """The pulse (..., N) of ``rgb`` (..., 3, N); rises with green.

    For every interval of l = 1.6 s, with Cₙ the colour over its mean: S₁ = G − B, S₂ = G + B − 2R,
    h = S₁ + σ(S₁)/σ(S₂)·S₂, and the intervals' h are added where they overlap.
    Source: Wang, den Brinker, Stuijk, de Haan, "Algorithmic principles of remote PPG", IEEE Trans Biomed Eng
    2017;64:1479, algorithm 1.

    Within one interval h is linear in the colour, h = a·C with a = (−2α/μ_R, (1+α)/μ_G, (α−1)/μ_B) and α = σ(S₁)/σ(S₂),
    and a·μ = 0, so nothing is left of the mean. The overlap-added sum is therefore A(t)·C(t), A(t) being the sum of
    ``a`` over the intervals that hold t: moving sums in place of a loop over frames. It is divided by their number.
    """
    colour = relative(rgb)
    count = colour.shape[-1]
    length = min(count, int(np.ceil(WINDOW_S * rate_hz)))
    # About 0, so that moving sums lose no digits.
    change = colour - 1.0
    mean = _moving_sum(change, length) / length
    red, green, blue = np.moveaxis(change, -2, 0)
    mean_red, mean_green, mean_blue = np.moveaxis(mean, -2, 0)

    def covariance(
        a: NDArray[np.float64], b: NDArray[np.float64], of_a: NDArray[np.float64], of_b: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return np.asarray(_moving_sum(a * b, length) / length - of_a * of_b)

    over_red, over_green, over_blue = 1 / (1 + mean_red), 1 / (1 + mean_green), 1 / (1 + mean_blue)
    rr = covariance(red, red, mean_red, mean_red) * over_red**2
    gg = covariance(green, green, mean_green, mean_green) * over_green**2
    bb = covariance(blue, blue, mean_blue, mean_blue) * over_blue**2
    rg = covariance(red, green, mean_red, mean_green) * over_red * over_green
    rb = covariance(red, blue, mean_red, mean_blue) * over_red * over_blue
    gb = covariance(green, blue, mean_green, mean_blue) * over_green * over_blue
    spread_1 = np.sqrt(np.maximum(gg + bb - 2 * gb, 0))
    spread_2 = np.sqrt(np.maximum(gg + bb + 4 * rr + 2 * gb - 4 * rg - 4 * rb, 0))
    alpha = ratio(spread_1, spread_2)
    weights = np.stack([-2 * alpha * over_red, (1 + alpha) * over_green, (alpha - 1) * over_blue], axis=-2)
    padding = [(0, 0)] * (weights.ndim - 1) + [(length - 1, length - 1)]
    covering = _moving_sum(np.pad(weights, padding), length)  # (..., 3, N)
    intervals = _moving_sum(np.pad(np.ones(count - length + 1), length - 1), length)
    return np.asarray((covering * colour).sum(axis=-2) / intervals)


def _moving_sum(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Sums (..., N − length + 1) over every run of ``length`` samples of (..., N)."""
    summed = np.cumsum(values, axis=-1)
    summed = np.concatenate([np.zeros_like(summed[..., :1]), summed], axis=-1)
    return np.asarray(summed[..., length:] - summed[..., :-length])
