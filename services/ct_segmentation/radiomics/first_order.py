"""The 17 first-order features, under pyradiomics' names."""

import numpy as np
from numpy.typing import NDArray

# Entropy and Uniformity of the clinical cohort come from a fixed number of bins, not of pyradiomics' default width of
# 25: its near-normal oedema histograms (kurtosis 3 ± 0.3, n = 243) give 2^entropy x range / (4.13 x standard deviation)
# = 16.1 bins, quartiles 16.0 to 16.2, whatever their range. On HU, a width of 25 would leave a bleed two to four bins.
BINS = 16


def first_order_features(hu: NDArray[np.int16]) -> dict[str, float]:
    """The distribution of the intensities ``hu`` (N,), at least one, of one lesion's voxels.

    In HU, HU² (Energy, Variance) or without unit. Moments divide by N; Kurtosis is not in excess (a normal
    distribution has 3). Percentiles are interpolated linearly; the robust mean absolute deviation is of the values from
    the 10th to the 90th, both included. Entropy (bits) and Uniformity are of the histogram in ``BINS`` equal bins from
    minimum to maximum. Energy counts voxels, so that it compares between grids of like voxels only.

    What is undefined is absent: Skewness and Kurtosis of intensities that are all equal, and the robust mean absolute
    deviation of two that differ, none of which lies between the percentiles.
    """
    values = hu.astype(np.float64)
    tenth, quarter, median, three_quarters, ninetieth = np.percentile(values, (10, 25, 50, 75, 90))
    mean, energy = values.mean(), values @ values
    deviations = values - mean
    variance = np.mean(deviations**2)
    middle = values[(values >= tenth) & (values <= ninetieth)]
    shares = _histogram(values)
    features = {
        "10Percentile": tenth,
        "90Percentile": ninetieth,
        "Energy": energy,
        "Entropy": -np.sum(shares * np.log2(shares)),
        "InterquartileRange": three_quarters - quarter,
        "Maximum": values.max(),
        "Mean": mean,
        "MeanAbsoluteDeviation": np.abs(deviations).mean(),
        "Median": median,
        "Minimum": values.min(),
        "Range": np.ptp(values),
        "RootMeanSquared": np.sqrt(energy / len(values)),
        "Uniformity": np.sum(shares**2),
        "Variance": variance,
    }
    if middle.size:
        features["RobustMeanAbsoluteDeviation"] = np.abs(middle - middle.mean()).mean()
    if variance > 0:
        features["Skewness"] = np.mean(deviations**3) / variance**1.5
        features["Kurtosis"] = np.mean(deviations**4) / variance**2
    return {name: float(value) for name, value in features.items()}


def _histogram(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of values in each bin that holds any."""
    counts = np.histogram(values, BINS)[0]
    shares: NDArray[np.float64] = counts[counts > 0] / len(values)
    return shares
