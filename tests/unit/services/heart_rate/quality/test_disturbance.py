import numpy as np
import pytest

from services.heart_rate.quality import disturbance
from services.heart_rate.signals.uniform import uniform
from services.heart_rate.traces import RegionTraces, VideoFacts


def recording(
    sway_px: float = 0.0, sway_bpm: float = 66.0, flicker: float = 0.0, frames_per_second: float = 30.0
) -> RegionTraces:
    times = np.arange(int(20 * frames_per_second)) / frames_per_second
    swaying = np.sin(2 * np.pi * sway_bpm / 60 * times)
    return RegionTraces(
        times_s=times,
        rgb=np.full((4, len(times), 3), 120.0),
        pixels=np.full((4, len(times)), 1000.0),
        centre=np.stack([300 + sway_px * swaying, np.full(len(times), 200.0)], axis=1),
        size=np.full(len(times), 100.0),
        background=100 * (1 + flicker * swaying)[:, None] * np.ones(3),
    )


def facts(bits_per_pixel: float | None) -> VideoFacts:
    return VideoFacts(640, 480, "h264", 20.0, 600, 30.0, 0, 0, bits_per_pixel)


def test_motion_is_its_effective_amplitude_in_face_widths() -> None:
    moved = disturbance.motion(uniform(recording(sway_px=4.0)), np.full(11, 66.0))
    # 4 px of a face of 100, over √2.
    np.testing.assert_allclose(moved.amplitude, np.log10(0.04 / np.sqrt(2)), atol=0.01)
    np.testing.assert_allclose(moved.at_rate, moved.amplitude, atol=0.03)
    assert (moved.line_db > 9).all()


def test_what_sways_or_flickers_at_half_the_rate_is_known_to_have_been_taken_off() -> None:
    def taken(traces: RegionTraces, rate: float) -> np.ndarray:
        even, rates = uniform(traces), np.full(11, rate)
        return disturbance.taken_at_half(disturbance.motion(even, rates), disturbance.light(even, rates))

    assert taken(recording(sway_px=4.0), 132.0).all()
    assert taken(recording(flicker=0.02), 132.0).all()
    assert not taken(recording(sway_px=4.0), 66.0).any()
    assert not taken(recording(sway_px=0.2, flicker=0.0005), 132.0).any()


def test_motion_at_another_rate_does_not_count_as_at_this() -> None:
    moved = disturbance.motion(uniform(recording(sway_px=4.0)), np.full(11, 100.0))
    assert (moved.amplitude - moved.at_rate > 1.0).all()
    assert (moved.line_db < -15).all()


def test_motion_at_the_double_of_the_rate_counts() -> None:
    moved = disturbance.motion(uniform(recording(sway_px=4.0, sway_bpm=132.0)), np.full(11, 66.0))
    np.testing.assert_allclose(moved.at_rate, moved.amplitude, atol=0.03)


def test_light_is_the_backgrounds_relative_change() -> None:
    lit = disturbance.light(uniform(recording(flicker=0.01)), np.full(11, 66.0))
    # Three channels together: 0.01 · √3 / √2.
    np.testing.assert_allclose(lit.amplitude, np.log10(0.01 * np.sqrt(1.5)), atol=0.01)


def test_a_line_stands_out_however_faint_it_is() -> None:
    faint, strong = (disturbance.light(uniform(recording(flicker=size)), np.full(11, 66.0)) for size in (1e-5, 1e-2))
    np.testing.assert_allclose(faint.line_db, strong.line_db, atol=0.1)
    assert (faint.at_rate < -3.9).all()


@pytest.mark.parametrize(("bits", "lost"), [(0.2, 0.0), (0.1, 0.0), (0.025, 2.0), (None, 0.0)])
def test_lost_bits_are_halvings_below_ample(bits: float | None, lost: float) -> None:
    assert disturbance.lost_bits(facts(bits)) == pytest.approx(lost)


def test_no_video_has_lost_no_bits() -> None:
    assert disturbance.lost_bits(None) == 0.0


def test_lost_frames_are_halvings_below_ample() -> None:
    assert disturbance.lost_frames(recording()) == 0.0
    assert disturbance.lost_frames(recording(frames_per_second=12.5)) == pytest.approx(1.0)


def test_even_frames_are_even_whatever_gap_lies_between_them() -> None:
    even = recording()
    keep = np.ones(len(even), bool)
    keep[100:200] = False
    gap = RegionTraces(
        even.times_s[keep],
        even.rgb[:, keep],
        even.pixels[:, keep],
        even.centre[keep],
        even.size[keep],
        even.background[keep],
    )
    assert disturbance.uneven_timing(even) == pytest.approx(0.0, abs=1e-9)
    assert disturbance.uneven_timing(gap) == pytest.approx(0.0, abs=1e-9)
