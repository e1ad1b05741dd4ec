"""Which exam times are outliers: the box plot's fences, and three deviations where normality would allow them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kurtosis, normaltest, shapiro, skew

Array = NDArray[np.float64]
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class BoxPlot:
    """Quartiles and Tukey's fences, 1.5 interquartile ranges beyond them; ``outliers`` lie outside."""

    first_quartile: float
    median: float
    third_quartile: float
    lower_fence: float
    upper_fence: float
    outliers: int


@dataclass(frozen=True)
class ThreeSigma:
    """mean ± 3 deviations, and the tests of the normal distribution that the rule presupposes.

    ``applies`` only where neither test refutes it at 5 %. Of a normal distribution 0.27 % lie outside.
    """

    mean: float
    deviation: float
    lower: float
    upper: float
    outliers: int
    skewness: float
    excess_kurtosis: float
    shapiro_w: float
    shapiro_p: float
    dagostino_k2: float
    dagostino_p: float
    applies: bool


def box_plot(values: Array) -> BoxPlot:
    """The box plot of n values."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    reach = 1.5 * (high - low)
    outside = (values < low - reach) | (values > high + reach)
    return BoxPlot(float(low), float(middle), float(high), float(low - reach), float(high + reach), int(outside.sum()))


def upper_fence(values: Array) -> float:
    """Values above it are outliers of the box plot."""
    return box_plot(values).upper_fence


def three_sigma(values: Array) -> ThreeSigma:
    """The rule of three deviations, with the tests of Shapiro and Wilk and of D'Agostino and Pearson (n >= 20)."""
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    lower, upper = mean - 3 * deviation, mean + 3 * deviation
    wilk, omnibus = shapiro(values), normaltest(values)
    return ThreeSigma(
        mean=mean,
        deviation=deviation,
        lower=lower,
        upper=upper,
        outliers=int(((values < lower) | (values > upper)).sum()),
        skewness=float(skew(values)),
        excess_kurtosis=float(kurtosis(values)),
        shapiro_w=float(wilk.statistic),
        shapiro_p=float(wilk.pvalue),
        dagostino_k2=float(omnibus.statistic),
        dagostino_p=float(omnibus.pvalue),
        applies=bool(min(wilk.pvalue, omnibus.pvalue) >= _SIGNIFICANT),
    )
