"""Subgroups: three kinds of course are found as three, in the order of their volumes."""

import numpy as np
import pytest

from services.risk_scoring.oedema_course.training.subgroups import COURSE_H, find_subgroups


def test_three_kinds_of_course_are_found_in_order() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.permutation(np.repeat([0, 1, 2], 20))
    centres = np.array([[4.0] * 5, [1.0] * 5, [2.5] * 5])
    found = find_subgroups(centres[kinds] + rng.normal(0, 0.15, (60, len(COURSE_H))), seed=1)
    assert len(found.centres) == 3
    assert found.centres == pytest.approx(centres[[1, 2, 0]], abs=0.15)
    assert found.labels == pytest.approx(np.array([2, 0, 1])[kinds])
    assert max(found.silhouettes, key=lambda count: found.silhouettes[count]) == 3


def test_a_course_belongs_to_the_nearest_centre() -> None:
    rng = np.random.default_rng(0)
    found = find_subgroups(
        np.repeat([[1.0], [2.5], [4.0]], 5, axis=1).repeat(9, axis=0) + rng.normal(0, 0.1, (27, 5)), 1
    )
    assert found.nearest(np.array([[1.1] * 5, [3.7] * 5, [2.2] * 5])).tolist() == [0, 2, 1]
