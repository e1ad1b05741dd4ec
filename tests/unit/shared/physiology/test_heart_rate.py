"""Fusing heart rates: by hand-worked numbers, and by what must hold of any measurements."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st

from shared.contracts.vitals import VitalSource
from shared.physiology.heart_rate import FusedPoint, HeartRateMeasurement, fused, fused_by_minute, sigma_bpm
from tests.fixtures.properties import for_all

MINUTE = datetime(2025, 3, 4, 5, 6, tzinfo=UTC)
MONITOR, WEARABLE, RPPG, STAFF = (
    VitalSource.MONITOR,
    VitalSource.WEARABLE,
    VitalSource.RPPG,
    VitalSource.STAFF,
)
# Φ⁻¹(0.975), from a table.
Z95 = 1.959964


def measured(bpm: float, source: VitalSource = MONITOR, quality: float | None = None, **told: Any):
    fields = {"at": MINUTE, "device": f"{source} 1"} | told
    return HeartRateMeasurement(bpm=bpm, source=source, stated_quality=quality, **fields)


def point(*measurements: HeartRateMeasurement) -> FusedPoint:
    return fused(MINUTE, measurements)


def band(of: FusedPoint) -> tuple[float, float]:
    return of.low, of.high


MEASUREMENTS = st.lists(
    st.builds(
        HeartRateMeasurement,
        at=st.integers(0, 599).map(lambda second: MINUTE + timedelta(seconds=second)),
        bpm=st.floats(20, 300),
        source=st.sampled_from(VitalSource),
        device=st.sampled_from(["a", "b"]),
        stated_quality=st.none() | st.floats(0, 1),
    ),
    min_size=1,
    max_size=12,
)


def test_one_device_gives_the_median_of_its_minute():
    alone = point(measured(78), measured(130), measured(80))
    assert alone.bpm == 80
    assert band(alone) == pytest.approx((80 - Z95 * 1.5, 80 + Z95 * 1.5), abs=1e-5)
    assert (alone.disagreement_bpm, alone.disagrees) == (None, False)


def test_a_device_that_measures_often_is_no_surer_than_one_that_measures_once():
    assert point(*[measured(80)] * 60) == point(measured(80))


def test_devices_weigh_by_their_inverse_variances():
    # σ 1.5 and 6: weights 16 to 1, so that 6 bpm between them leave 6/17 above the monitor; 1/σ² = 1/2.25 + 1/36.
    both = point(measured(80), measured(86, WEARABLE))
    assert both.bpm == pytest.approx(80 + 6 / 17)
    assert both.high - both.bpm == pytest.approx(Z95 * (1 / 2.25 + 1 / 36) ** -0.5, rel=1e-6)
    assert (both.disagreement_bpm, both.disagrees) == (6, False)


def test_rates_that_scatter_more_than_their_errors_explain_widen_the_band():
    # Both σ 1.5, 8 bpm apart: χ² = 2 × 4²/1.5², and 1.5/√2 × √χ² = 4.
    both = point(measured(80), measured(88, WEARABLE, quality=1.0))
    assert both.bpm == pytest.approx(84)
    assert band(both) == pytest.approx((84 - Z95 * 4, 84 + Z95 * 4), rel=1e-6)


def test_where_devices_disagree_the_surest_is_given_with_a_band_over_all():
    both = point(measured(80), measured(120, RPPG, quality=0.95))
    assert both.bpm == 80
    # 0.95 is the probability of an error within 5 bpm: the video's own band is 115 to 125.
    assert band(both) == pytest.approx((80 - Z95 * 1.5, 125), abs=1e-5)
    assert (both.disagreement_bpm, both.disagrees) == (40, True)


def test_two_that_agree_are_given_against_a_third():
    three = point(measured(80), measured(84, WEARABLE), measured(120, RPPG, quality=0.95))
    assert three.bpm == pytest.approx(80 + 4 / 17)
    assert three.disagrees
    assert three.high == pytest.approx(125, abs=1e-5)


@pytest.mark.parametrize(("other", "disagrees"), [(90.0, False), (90.1, True), (69.9, True)])
def test_more_than_ten_beats_apart_is_a_disagreement(other: float, disagrees: bool):
    assert point(measured(80), measured(other, RPPG)).disagrees is disagrees


def test_two_devices_of_one_kind_can_disagree_and_the_same_one_is_given_always():
    one, other = measured(70, device="bed 1"), measured(95, device="bed 2")
    assert point(one, other) == point(other, one)
    assert point(one, other).bpm == 70


def test_minutes_without_a_measurement_have_no_point():
    at = [MINUTE + timedelta(seconds=second) for second in (5, 59, 60, 240)]
    points = list(fused_by_minute(measured(80, at=instant) for instant in at))
    assert [p.at for p in points] == [MINUTE + timedelta(minutes=minute) for minute in (0, 1, 4)]


@pytest.mark.parametrize(
    ("source", "quality", "sigma"),
    [
        (MONITOR, 1.0, 1.5),
        (STAFF, 1.0, 3.0),
        (WEARABLE, 1.0, 1.5),
        (WEARABLE, 0.5, 6.0),  # √(1.5 × 24)
        (WEARABLE, 0.0, 24.0),
        (RPPG, 0.6826895, 5.0),  # the probability within one σ
        (RPPG, 0.9544997, 2.5),  # within two
        (RPPG, 0.5, 5 / 0.6744898),  # the probable error
        (RPPG, 1.0, 1.5),
        (RPPG, 0.0, 24.0),
    ],
)
def test_the_standard_deviation_follows_from_kind_and_quality(source: VitalSource, quality: float, sigma: float):
    assert sigma_bpm(source, quality) == pytest.approx(sigma, rel=1e-5)


def test_a_device_that_does_not_tell_its_quality_is_believed_by_its_kind():
    assert [measured(80, source).quality for source in (MONITOR, STAFF, WEARABLE, RPPG)] == [1, 1, 0.5, 0.5]


@for_all(st.sampled_from(VitalSource), st.lists(st.floats(0, 1), min_size=2, max_size=8).map(sorted))
def test_better_quality_never_makes_a_rate_less_sure(source: VitalSource, qualities: list[float]):
    sigmas = [sigma_bpm(source, quality) for quality in qualities]
    assert all(later <= earlier * (1 + 1e-12) for earlier, later in pairwise(sigmas))
    assert all(1.5 <= sigma <= 24 for sigma in (round(sigma, 9) for sigma in sigmas))


@for_all(MEASUREMENTS)
def test_a_point_lies_among_what_was_measured_and_within_its_band(measurements: list[HeartRateMeasurement]):
    found = point(*measurements)
    rates = [m.bpm for m in measurements]
    assert min(rates) - 1e-9 <= found.bpm <= max(rates) + 1e-9
    assert found.low < found.bpm < found.high


@for_all(MEASUREMENTS)
def test_the_band_of_a_disagreement_holds_every_device(measurements: list[HeartRateMeasurement]):
    found = point(*measurements)
    rates = [device.bpm for device in found.sources]
    assert found.disagrees == (max(rates) - min(rates) > 10)
    if found.disagrees:
        assert all(found.low <= edge <= found.high for device in found.sources for edge in device.band)


@for_all(MEASUREMENTS, st.randoms(use_true_random=False))
def test_the_order_of_measurements_within_a_minute_is_of_no_matter(
    measurements: list[HeartRateMeasurement], random: Random
):
    shuffled = random.sample(measurements, len(measurements))
    assert point(*shuffled) == point(*measurements)


@for_all(MEASUREMENTS)
def test_there_is_a_point_for_just_the_minutes_that_were_measured(measurements: list[HeartRateMeasurement]):
    in_time = sorted(measurements, key=lambda m: m.at)
    minutes = sorted({m.at.replace(second=0) for m in measurements})
    assert [p.at for p in fused_by_minute(in_time)] == minutes


@for_all(MEASUREMENTS, st.sampled_from(VitalSource), st.floats(0, 1))
def test_a_further_device_that_agrees_with_one_never_makes_it_less_sure(
    measurements: list[HeartRateMeasurement], source: VitalSource, quality: float
):
    first = measurements[0]
    alone = point(first)
    agreeing = HeartRateMeasurement(first.at, first.bpm, source, "another", quality)
    both = point(first, agreeing)
    assert both.high - both.low <= (alone.high - alone.low) * (1 + 1e-9)


def test_the_band_holds_the_truth_as_often_as_it_says():
    random, qualities = Random(5), {MONITOR: 1.0, WEARABLE: 0.6, RPPG: 0.9}
    held = 0
    for _ in range(2000):
        drawn = (measured(random.gauss(80, sigma_bpm(kind, q)), kind, q) for kind, q in qualities.items())
        found = fused(MINUTE, drawn)
        held += found.low <= 80 <= found.high
    # 95 %, less three standard errors of a share of 2000; wider bands at scatter make it more.
    assert 0.935 <= held / 2000 <= 0.99
