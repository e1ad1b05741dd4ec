import subprocess
import sys

import pytest

from shared.evaluation.expansion_bands import EDGES, Verdict, bands, brier, overall


def test_each_prediction_falls_into_one_band_and_certainty_into_the_last() -> None:
    found = bands(Verdict(p, False) for p in (0.0, 0.1, 0.1999, 0.3, 0.5, 1.0))
    assert [band.count for band in found] == [1, 2, 0, 1, 2]
    assert [band.name for band in found][:2] == ["0.0-0.1", "0.1-0.2"]


def test_a_band_tells_what_was_promised_and_what_came() -> None:
    band = bands([Verdict(0.2, True), Verdict(0.24, False), Verdict(0.28, False), Verdict(0.28, None)])[2]
    assert (band.count, band.uncertain) == (3, 1)
    assert band.predicted_mean == pytest.approx(0.24)
    assert band.seen.value == pytest.approx(1 / 3)
    assert (band.seen.low, band.seen.high) == pytest.approx((0.0615, 0.7923), abs=1e-4)  # R: prop.test(1, 3, correct=F)


def test_without_verdicts_there_is_no_figure() -> None:
    assert overall([]).predicted_mean is None
    assert overall([]).count == 0
    assert brier([]) is None
    assert brier([Verdict(0.5, None)]) is None


def test_the_squared_error_is_of_those_that_could_be_judged() -> None:
    assert brier([Verdict(0.5, True), Verdict(0.1, False), Verdict(0.9, None)]) == pytest.approx((0.25 + 0.01) / 2)


def test_the_bands_cover_all_probabilities() -> None:
    assert (EDGES[0], EDGES[-1]) == (0.0, 1.0)
    assert sum(band.count for band in bands(Verdict(n / 100, True) for n in range(101))) == 101


def test_the_gateway_needs_no_numpy_for_it() -> None:
    code = "import sys, shared.evaluation.expansion_bands; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
