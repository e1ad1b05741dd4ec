"""The curves that are served: whole, in agreement with themselves, and of a cohort rather than of patients."""

import numpy as np

from shared.evaluation.oedema_curves import CURVES_FILE, oedema_curves


def test_counts_agree_with_the_cohort() -> None:
    curves = oedema_curves()
    assert sum(curves.exam_times.counts) == curves.exams
    assert len(curves.exam_times.counts) == len(curves.exam_times.edges_h) - 1 == len(curves.exam_times.if_normal)
    assert sum(group.patients for group in curves.subgroups) == curves.patients


def test_no_count_is_so_small_that_it_tells_of_somebody() -> None:
    curves = oedema_curves()
    assert min(curves.exam_times.counts) >= 5
    assert min(group.patients for group in curves.subgroups) >= 5
    assert "sub0" not in CURVES_FILE.read_text()


def test_curves_are_polynomials_of_their_degree() -> None:
    """But for rounding to four digits."""
    found = oedema_curves().polynomials
    assert len(found.hours) == len(found.cubic_ml) == len(found.quartic_ml)
    for volumes, degree in ((found.cubic_ml, 3), (found.quartic_ml, 4)):
        fitted = np.polynomial.Polynomial.fit(found.hours, volumes, degree)
        assert np.abs(fitted(np.array(found.hours)) - volumes).max() < 0.01


def test_the_rule_of_three_deviations_does_not_apply_and_says_why() -> None:
    rule = oedema_curves().three_sigma_h
    assert not rule.applies
    assert max(rule.shapiro_p, rule.dagostino_p) < 0.05
    assert rule.lower < 0


def test_every_error_has_its_interval_and_the_mixed_model_is_among_them() -> None:
    curves = oedema_curves()
    assert all(error.mae_ml.low < error.mae_ml.value < error.mae_ml.high for error in curves.held_out)
    errors = {(error.known, error.method): error.mae_ml.value for error in curves.held_out}
    for known in ("admission", "sequential"):
        best = min(value for (rule, method), value in errors.items() if rule == known and ", time" in method)
        assert errors[known, "mixed model (location), mean"] < 0.8 * best


def test_a_difference_without_enough_patients_on_a_side_is_none() -> None:
    for effect in oedema_curves().treatments:
        assert (effect.adjusted_ml is None) == (min(effect.treated, effect.untreated) < 5)
