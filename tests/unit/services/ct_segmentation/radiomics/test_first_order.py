import numpy as np
import pytest
from scipy import stats

from services.ct_segmentation.radiomics.first_order import first_order_features
from tests.fixtures.lesions import IBSI_PHANTOM, patterned_hu, rippled_ellipsoid

# pyradiomics 3.0.1 with binCount 16 on rippled_ellipsoid((5, 0.5, 0.5), (14, 11, 18), 0.25) of patterned_hu.
PYRADIOMICS = {
    "10Percentile": 40.0,
    "90Percentile": 82.0,
    "Energy": 37291630.0,
    "Entropy": 3.905897115065984,
    "InterquartileRange": 25.0,
    "Kurtosis": 1.8580904538181038,
    "Maximum": 87.0,
    "MeanAbsoluteDeviation": 13.261593382222028,
    "Mean": 60.02694918741,
    "Median": 59.0,
    "Minimum": 32.0,
    "Range": 55.0,
    "RobustMeanAbsoluteDeviation": 10.69603121064468,
    "RootMeanSquared": 61.93382104854267,
    "Skewness": -0.00034371014015383586,
    "Uniformity": 0.07119645968667487,
    "Variance": 232.56356092500496,
}


def test_the_features_are_those_of_pyradiomics() -> None:
    mask = rippled_ellipsoid((5, 0.5, 0.5), (14, 11, 18), 0.25)

    assert first_order_features(patterned_hu(mask)[mask]) == pytest.approx(PYRADIOMICS, rel=1e-10)


def test_five_intensities_worked_by_hand() -> None:
    features = first_order_features(np.array([1, 2, 3, 4, 10], np.int16))

    assert features == pytest.approx(
        {
            "Minimum": 1,
            "Maximum": 10,
            "Range": 9,
            "Mean": 4,
            "Median": 3,
            "Energy": 1 + 4 + 9 + 16 + 100,
            "RootMeanSquared": np.sqrt(130 / 5),
            "Variance": (9 + 4 + 1 + 0 + 36) / 5,
            "MeanAbsoluteDeviation": (3 + 2 + 1 + 0 + 6) / 5,
            "10Percentile": 1.4,
            "90Percentile": 7.6,
            "InterquartileRange": 4 - 2,
            "RobustMeanAbsoluteDeviation": (1 + 0 + 1) / 3,  # of 2, 3, 4
            "Skewness": (-27 - 8 - 1 + 0 + 216) / 5 / 10**1.5,
            "Kurtosis": (81 + 16 + 1 + 0 + 1296) / 5 / 10**2,
            "Entropy": np.log2(5),  # each in a bin of 9/16 of its own
            "Uniformity": 5 / 25,
        }
    )


def test_the_largest_intensity_shares_the_last_bin() -> None:
    """0 to 32 in 16 bins of 2: 31 and 32 are in the last, 30 too, 29 is not."""
    features = first_order_features(np.array([0, 29, 30, 31, 32], np.int16))

    assert features["Uniformity"] == pytest.approx((1 + 1 + 9) / 25)
    assert features["Entropy"] == pytest.approx(-2 * 0.2 * np.log2(0.2) - 0.6 * np.log2(0.6))


def test_the_published_phantom_has_its_consensus_values() -> None:
    """IBSI's, whose kurtosis is in excess."""
    features = first_order_features(IBSI_PHANTOM[IBSI_PHANTOM > 0])

    consensus = {"Mean": 2.15, "Variance": 3.05, "Skewness": 1.08, "Kurtosis": -0.355 + 3, "Median": 1, "Minimum": 1}
    consensus |= {"10Percentile": 1, "90Percentile": 4, "Maximum": 6, "InterquartileRange": 3, "Range": 5}
    consensus |= {"MeanAbsoluteDeviation": 1.55, "RobustMeanAbsoluteDeviation": 1.11, "Energy": 567}
    consensus |= {"RootMeanSquared": 2.77, "Entropy": 1.27, "Uniformity": 0.512}
    assert features == pytest.approx(consensus, abs=5e-3)


def test_moments_and_quantiles_agree_with_scipy() -> None:
    hu = np.random.default_rng(5).gamma(3, 12, 4000).astype(np.int16)

    features = first_order_features(hu)

    assert features["Skewness"] == pytest.approx(stats.skew(hu))
    assert features["Kurtosis"] == pytest.approx(stats.kurtosis(hu, fisher=False))
    assert features["InterquartileRange"] == pytest.approx(stats.iqr(hu))
    assert features["Entropy"] == pytest.approx(stats.entropy(np.histogram(hu, 16)[0], base=2))


def test_other_units_leave_entropy_and_uniformity_alone() -> None:
    """The cohort's intensities are not HU, but some 2.5 times as large: these two features must not notice."""
    hu = np.random.default_rng(6).normal(60, 12, 5000).astype(np.int16)

    features, scaled = first_order_features(hu), first_order_features(3 * hu - 7)

    for name in ("Entropy", "Uniformity", "Skewness", "Kurtosis"):
        assert scaled[name] == pytest.approx(features[name])


def test_equal_intensities_have_neither_skewness_nor_kurtosis() -> None:
    features = first_order_features(np.full(40, 60, np.int16))

    assert "Skewness" not in features
    assert "Kurtosis" not in features
    assert (features["Entropy"], features["Uniformity"], features["Variance"]) == (0, 1, 0)
    assert len(features) == 15


def test_two_different_intensities_have_no_robust_deviation() -> None:
    """Their 10th and 90th percentile lie between them, so that nothing is left from the one to the other."""
    features = first_order_features(np.array([40, 60], np.int16))

    assert "RobustMeanAbsoluteDeviation" not in features
    assert (features["10Percentile"], features["90Percentile"]) == (42, 58)
    assert len(features) == 16


def test_large_intensities_do_not_overflow_their_own_type() -> None:
    assert first_order_features(np.array([3000, 3000], np.int16))["Energy"] == 18_000_000
