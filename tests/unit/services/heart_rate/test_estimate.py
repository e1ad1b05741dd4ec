from dataclasses import replace

import numpy as np
import pytest

from services.heart_rate.estimate import estimate
from services.heart_rate.generated.camera import CameraSettings
from services.heart_rate.generated.disturbance import LightSettings, MotionSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.recording import GeneratedRecording, RecordingSettings, record
from services.heart_rate.traces import RegionTraces
from shared.contracts.heart_rate import Reason


def recording(bpm: float = 72.0, seed: int = 1, **changed: object) -> GeneratedRecording:
    settings = {"duration_s": 12.0} | changed
    return record(RecordingSettings(PulseSettings(bpm, wander_bpm=1.0), **settings), seed)


def cut(traces: RegionTraces, keep: np.ndarray) -> RegionTraces:
    return replace(
        traces,
        times_s=traces.times_s[keep],
        rgb=traces.rgb[:, keep],
        pixels=traces.pixels[:, keep],
        centre=traces.centre[keep],
        size=traces.size[keep],
        background=traces.background[keep],
    )


class TestARightRate:
    @pytest.mark.parametrize("bpm", [46.0, 60.0, 88.0, 121.0, 160.0, 199.0])
    @pytest.mark.parametrize("frames_per_second", [15.0, 30.0])
    def test_is_given_within_a_beat(self, bpm: float, frames_per_second: float) -> None:
        seen = recording(bpm, camera=CameraSettings(frames_per_second=frames_per_second))
        said = estimate(seen.traces)
        assert said.bpm == pytest.approx(seen.mean_bpm, abs=1.0)
        assert said.reason is None
        assert said.bpm_low < seen.mean_bpm < said.bpm_high

    @pytest.mark.parametrize("tone", range(4))
    def test_is_given_for_every_skin(self, tone: int) -> None:
        seen = recording(tone=tone, pulsation=0.004)
        assert estimate(seen.traces).bpm == pytest.approx(seen.mean_bpm, abs=1.0)

    def test_of_a_slow_heart_with_a_strong_second_harmonic_is_not_doubled(self) -> None:
        seen = record(RecordingSettings(PulseSettings(47.0, second=1.1), duration_s=15.0), 4)
        assert estimate(seen.traces).bpm == pytest.approx(seen.mean_bpm, abs=1.0)

    def test_comes_through_motion_at_another_rate(self) -> None:
        motion = MotionSettings(wander=0.02, sway=0.06, sway_bpm=105.0, sway_spread=0.03, shading=0.3)
        seen = recording(68.0, seed=3, motion=motion, duration_s=20.0, pulsation=0.008)
        said = estimate(seen.traces)
        assert said.candidate_bpm == pytest.approx(seen.mean_bpm, abs=1.5)

    def test_comes_through_light_that_flickers_faster_than_it_beats(self) -> None:
        seen = recording(75.0, light=LightSettings(flicker=0.02, flicker_bpm=110.0))
        assert estimate(seen.traces).candidate_bpm == pytest.approx(seen.mean_bpm, abs=1.0)

    def test_comes_through_uneven_and_missing_frames(self) -> None:
        seen = recording(90.0, camera=CameraSettings(jitter=0.3, dropped=0.2))
        assert estimate(seen.traces).bpm == pytest.approx(seen.mean_bpm, abs=1.0)

    def test_survives_a_face_that_leaves_and_comes_back(self) -> None:
        seen = recording(75.0, duration_s=40.0, camera=CameraSettings(hidden_s=((14.0, 22.0),)))
        said = estimate(seen.traces)
        assert said.bpm == pytest.approx(seen.mean_bpm, abs=1.0)
        middle = [rate for time, rate in zip(said.trend.times_s, said.trend.bpm, strict=True) if 17 < time < 19]
        assert middle == [None] * len(middle) != []
        assert said.hrv.rmssd_ms is None or said.hrv.rmssd_ms < 100  # no interval of eight seconds

    def test_is_followed_as_it_drifts(self) -> None:
        seen = record(RecordingSettings(PulseSettings(80.0, drift_bpm_per_s=0.7), duration_s=40.0), 3)
        said = estimate(seen.traces)
        truth = np.interp(said.trend.times_s, seen.traces.times_s, seen.bpm)
        np.testing.assert_allclose(np.array(said.trend.bpm, float), truth, atol=1.5)


class TestNothing:
    """is said, and the reason told,"""

    def test_of_two_seconds(self) -> None:
        assert estimate(recording(duration_s=2.0).traces).reason is Reason.TOO_SHORT

    def test_of_no_frames_and_of_one(self) -> None:
        traces = recording().traces
        for count in (0, 1):
            assert estimate(cut(traces, np.arange(count))).reason is Reason.TOO_SHORT

    def test_of_five_frames_per_second(self) -> None:
        seen = recording(camera=CameraSettings(frames_per_second=5.0))
        assert estimate(seen.traces).reason is Reason.FRAME_RATE_TOO_LOW

    def test_of_no_face(self) -> None:
        traces = recording().traces
        empty = replace(
            traces,
            rgb=np.full_like(traces.rgb, np.nan),
            centre=np.full_like(traces.centre, np.nan),
            size=np.full_like(traces.size, np.nan),
            pixels=np.zeros_like(traces.pixels),
        )
        said = estimate(empty)
        assert (said.bpm, said.reason, said.confidence) == (None, Reason.NO_FACE, 0.0)

    def test_of_a_face_that_is_hardly_ever_there(self) -> None:
        seen = recording(duration_s=20.0, camera=CameraSettings(hidden_s=((3.0, 18.0),)))
        assert estimate(seen.traces).reason is Reason.FACE_LOST

    @pytest.mark.parametrize("seed", range(5))
    def test_of_a_photograph(self, seed: int) -> None:
        said = estimate(recording(seed=seed, pulsation=0.0).traces)
        assert said.bpm is None
        assert said.reason is not None
        assert (said.bpm_low, said.bpm_high, said.breathing_rate.per_minute, said.hrv.sdnn_ms) == (None,) * 4

    def test_of_a_photograph_that_is_shaken(self) -> None:
        motion = MotionSettings(sway=0.08, sway_bpm=95.0, shading=0.4, specular=0.1)
        said = estimate(recording(pulsation=0.0, motion=motion).traces)
        assert (said.bpm, said.reason) == (None, Reason.MOTION)

    def test_of_what_a_coder_left_of_a_pulse(self) -> None:
        camera = CameraSettings(coding=5.0, key_frames_s=0.5, bits_per_pixel=0.004)
        said = estimate(recording(camera=camera, pulsation=0.003).traces)
        assert (said.bpm, said.reason) == (None, Reason.COMPRESSION)


class TestEveryEstimate:
    def test_is_the_same_whatever_was_estimated_before(self) -> None:
        first, second = recording(55.0).traces, recording(115.0, seed=2).traces
        alone = [estimate(first), estimate(second)]
        assert [estimate(second), estimate(first)] == alone[::-1]

    def test_does_not_depend_on_when_it_was_recorded(self) -> None:
        traces = recording().traces
        later = estimate(replace(traces, times_s=traces.times_s + 4096.0))
        assert later.candidate_bpm == pytest.approx(estimate(traces).candidate_bpm, abs=1e-6)

    def test_does_not_depend_on_the_exposure(self) -> None:
        traces = recording().traces
        darker = estimate(replace(traces, rgb=0.5 * traces.rgb, background=0.5 * traces.background))
        assert darker.candidate_bpm == pytest.approx(estimate(traces).candidate_bpm, abs=1e-6)
        assert darker.confidence == pytest.approx(estimate(traces).confidence, abs=1e-6)

    def test_does_not_depend_on_the_regions_order(self) -> None:
        traces = recording().traces
        turned = estimate(replace(traces, rgb=traces.rgb[::-1], pixels=traces.pixels[::-1]))
        assert turned.candidate_bpm == pytest.approx(estimate(traces).candidate_bpm, abs=1e-6)

    def test_goes_through_json_unchanged(self) -> None:
        said = estimate(recording().traces)
        assert type(said).model_validate_json(said.model_dump_json()) == said

    def test_does_not_change_its_input(self) -> None:
        traces = recording().traces
        before = traces.rgb.copy()
        estimate(traces)
        np.testing.assert_array_equal(traces.rgb, before)


def test_a_networks_pulse_is_one_more_method() -> None:
    seen = recording(77.0)
    pulse = np.sin(2 * np.pi * 77.0 / 60 * seen.traces.times_s)
    said = estimate(seen.traces, neural={"net": pulse})
    assert said.methods[-1].method == "net"
    assert said.methods[-1].bpm == pytest.approx(77.0, abs=0.2)


def test_the_pulse_beats_at_the_rate_and_when_it_should() -> None:
    seen = recording(72.0, duration_s=30.0)
    said = estimate(seen.traces)
    wave = np.array(said.pulse.values)
    assert len(wave) == len(seen.traces)
    times = said.pulse.start_s + np.arange(len(wave)) / said.pulse.rate_hz
    phase = np.interp(times, seen.beats_s, np.arange(len(seen.beats_s)))
    # Blood flows in with the sine of the phase: half its amplitude at −90°.
    fundamental = np.mean(wave * np.exp(-2j * np.pi * phase))
    assert np.abs(fundamental) > 0.55
    assert np.degrees(np.angle(fundamental)) == pytest.approx(-90, abs=10)


@pytest.mark.parametrize("seed", range(6))
def test_a_head_that_nods_with_its_heart_does_not_double_the_rate(seed: int) -> None:
    # With the nod most of the pulse is taken off, and its second harmonic is left above it.
    motion = MotionSettings(sway=0.08, sway_bpm=75.0, sway_spread=0.0, shading=0.5)
    heart = PulseSettings(73.5, second=0.7)
    said = estimate(record(RecordingSettings(heart, duration_s=20.0, motion=motion, pulsation=0.008), seed).traces)
    assert said.bpm is None or said.bpm == pytest.approx(73.5, abs=5)
