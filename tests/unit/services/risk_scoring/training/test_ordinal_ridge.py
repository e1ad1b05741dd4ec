import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from statsmodels.miscmodels.ordinal_model import OrderedModel

from services.risk_scoring.training.ordinal_ridge import OrdinalRidge

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def data() -> tuple[Array, NDArray[np.intp]]:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(250, 4))
    return x, np.digitize(x @ [1.2, -0.6, 0, 0.3] + rng.logistic(size=250), [-1.5, 0, 1.5])


def test_without_penalty_it_is_the_maximum_likelihood_of_statsmodels(data: tuple[Array, NDArray[np.intp]]) -> None:
    x, y = data
    ours = OrdinalRidge(0.0).fit(x, y)
    model = OrderedModel(y, x, distr="logit")
    theirs = model.fit(method="bfgs", disp=0, maxiter=500)
    np.testing.assert_allclose(ours.coef_, theirs.params[:4], atol=1e-3)
    np.testing.assert_allclose(ours.cuts_, model.transform_threshold_params(theirs.params[4:])[1:-1], atol=1e-3)


def test_of_two_levels_it_is_ridge_logistic_regression(data: tuple[Array, NDArray[np.intp]]) -> None:
    x, y = data
    ours = OrdinalRidge(4.0).fit(x, y >= 2)
    theirs = LogisticRegression(C=0.25, tol=1e-10, max_iter=1000).fit(x, y >= 2)
    np.testing.assert_allclose(ours.coef_, theirs.coef_[0], atol=1e-5)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-5)


def test_a_strong_penalty_leaves_the_coefficients_at_the_prior(data: tuple[Array, NDArray[np.intp]]) -> None:
    prior = (0.5, 0.0, -0.2, 1.0)
    np.testing.assert_allclose(OrdinalRidge(1e7, prior).fit(*data).coef_, prior, atol=1e-4)


def test_the_free_cuts_match_the_seen_shares_where_columns_say_nothing() -> None:
    y = np.array([0] * 5 + [1] * 3 + [2] * 2)
    model = OrdinalRidge(1.0).fit(np.zeros((10, 2)), y)
    np.testing.assert_allclose(model.predict_proba(np.zeros((1, 2))), [[0.5, 0.3, 0.2]], atol=1e-8)


def test_classes_that_a_line_separates_stay_finite_under_the_penalty() -> None:
    x = np.linspace(-1, 1, 20)[:, None]
    model = OrdinalRidge(1.0).fit(x, (x[:, 0] > 0).astype(int))
    assert np.isfinite(model.coef_).all()
    assert model.coef_[0] > 0


def test_levels_that_are_not_there_get_no_class(data: tuple[Array, NDArray[np.intp]]) -> None:
    x, y = data
    some = y != 1
    model = OrdinalRidge(1.0).fit(x[some], y[some])
    assert list(model.classes_) == [0, 2, 3]
    assert model.predict_proba(x).shape == (250, 3)
    assert set(model.predict(x)) <= {0, 2, 3}


def test_one_level_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="two levels"):
        OrdinalRidge().fit(np.ones((3, 1)), np.zeros(3))
