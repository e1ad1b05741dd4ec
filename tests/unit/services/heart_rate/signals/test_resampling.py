import numpy as np

from services.heart_rate.signals.resampling import grid_of, longest_run, resampled, without_repeats


def uneven(duration_s: float, rate_hz: float, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.cumsum(chance.uniform(0.6, 1.4, int(duration_s * rate_hz))) / rate_hz


def test_the_grid_takes_the_usual_rate_whatever_frames_are_missing() -> None:
    times = np.delete(np.arange(300) / 25.0, slice(100, 160))
    grid = grid_of(times)
    assert grid.rate_hz == np.float64(25.0) or abs(grid.rate_hz - 25.0) < 1e-9
    assert grid.length == 300


def test_the_grid_is_no_finer_than_30_hz() -> None:
    assert grid_of(np.arange(600) / 120.0).rate_hz == 30.0


def test_a_sine_at_uneven_times_comes_out_even_to_within_three_per_cent() -> None:
    times = uneven(20, 30)
    grid = grid_of(times)
    values, known = resampled(times, np.sin(2 * np.pi * 2.0 * times)[None], grid)
    assert known.all()
    error = values[0] - np.sin(2 * np.pi * 2.0 * grid.times_s)
    assert np.sqrt(np.mean(error[5:-5] ** 2)) < 0.03


def test_a_straight_line_is_kept_exactly() -> None:
    times = uneven(10, 20)
    grid = grid_of(times)
    values, _ = resampled(times, np.stack([3 * times + 1, -times]), grid)
    np.testing.assert_allclose(values, [3 * grid.times_s + 1, -grid.times_s], atol=1e-9)


def test_a_short_gap_is_bridged_and_a_long_one_marked() -> None:
    times = np.arange(300) / 30.0
    values = np.sin(times)[None].copy()
    values[0, 60:70] = np.nan  # a third of a second
    values[0, 150:240] = np.nan  # three seconds
    even, known = resampled(times, values, grid_of(times))
    assert known[:149].all()
    assert not known[151:239].any()
    assert known[241:].all()
    assert np.isfinite(even).all()
    # The long gap is a straight line between its ends: it invents no beats.
    assert np.abs(np.diff(even[0, 151:239], n=2)).max() < 1e-12


def test_what_lies_before_the_first_and_after_the_last_sight_is_unknown() -> None:
    times = np.arange(300) / 30.0
    values = np.ones((1, 300))
    values[0, :90] = values[0, 270:] = np.nan
    _, known = resampled(times, values, grid_of(times))
    assert known.sum() == 180
    assert known[90:270].all()


def test_nothing_seen_is_zero_and_unknown() -> None:
    times = np.arange(100) / 30.0
    even, known = resampled(times, np.full((3, 100), np.nan), grid_of(times))
    assert not known.any()
    assert (even == 0).all()


def test_fast_frames_are_averaged_so_that_their_noise_does_not_fold() -> None:
    times = np.arange(2400) / 120.0
    noise = np.random.default_rng(0).standard_normal((1, 2400))
    even, _ = resampled(times, noise, grid_of(times))
    # Four samples in each: half the spread.
    assert 0.4 < even.std() < 0.6


def test_a_repeated_frame_is_forgotten() -> None:
    rgb = np.arange(24, dtype=float).reshape(2, 4, 3)
    rgb[:, 2] = rgb[:, 1]
    kept = without_repeats(rgb)
    assert np.isnan(kept[:, 2]).all()
    np.testing.assert_array_equal(kept[:, [0, 1, 3]], rgb[:, [0, 1, 3]])


def test_a_frame_that_one_region_repeats_is_kept() -> None:
    rgb = np.arange(24, dtype=float).reshape(2, 4, 3)
    rgb[0, 2] = rgb[0, 1]
    np.testing.assert_array_equal(without_repeats(rgb), rgb)


def test_a_later_start_shifts_times_and_nothing_else() -> None:
    times = uneven(10, 30)
    wave = np.sin(9 * times)[None]
    now, later = grid_of(times), grid_of(times + 64.0)
    np.testing.assert_allclose(resampled(times, wave, now)[0], resampled(times + 64.0, wave, later)[0], atol=1e-9)


def test_the_longest_run_is_found_wherever_it_lies() -> None:
    def run(pattern: str) -> tuple[int, int]:
        found = longest_run(np.array([sign == "x" for sign in pattern]))
        return found.start, found.stop

    assert run("xx.xxx.x") == (3, 6)
    assert run("xxxx") == (0, 4)
    assert run(".x..xx") == (4, 6)
    assert run("....") == (0, 0)
