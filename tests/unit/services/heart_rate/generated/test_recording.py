import numpy as np
import pytest

from services.heart_rate.generated.camera import CameraSettings, frame_times
from services.heart_rate.generated.disturbance import LightSettings, MotionSettings
from services.heart_rate.generated.pulse_wave import PulseSettings
from services.heart_rate.generated.recording import RecordingSettings, record
from services.heart_rate.generated.sampling import KINDS
from services.heart_rate.generated.skin import SKIN_TONES, pulse_direction

QUIET = CameraSettings(noise=0.0, shared_noise=0.0)


def test_the_green_of_still_skin_beats_with_the_amplitude_asked_for() -> None:
    seen = record(RecordingSettings(PulseSettings(60.0, second=0.0, third=0.0), pulsation=0.008, camera=QUIET), 0)
    green = seen.traces.rgb[:, :, 1]
    amplitude = 2 * np.abs(np.fft.rfft(green / green.mean(axis=1, keepdims=True) - 1))[:, 20] / green.shape[1]
    # Every region between 0.6 and 1.3 of it.
    assert ((amplitude > 0.6 * 0.0078) & (amplitude < 1.3 * 0.0082)).all()


def test_the_pulse_is_painted_in_many_colours_and_greenest() -> None:
    drawn = np.stack([pulse_direction(np.random.default_rng(seed)) for seed in range(100)])
    assert (drawn.argmax(axis=1) == 1).all()
    directions = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    assumed = np.array([0.33, 0.77, 0.53]) / np.linalg.norm([0.33, 0.77, 0.53])
    angles = np.degrees(np.arccos(directions @ assumed))
    assert angles.max() > 15
    assert np.median(angles) > 5


def test_skin_darkens_as_blood_flows_in() -> None:
    seen = record(RecordingSettings(PulseSettings(60.0, second=0.0, third=0.0), camera=QUIET), 0)
    phase = 2 * np.pi * np.interp(seen.traces.times_s, seen.beats_s, np.arange(len(seen.beats_s)))
    inner = (seen.traces.times_s > seen.beats_s[0]) & (seen.traces.times_s < seen.beats_s[-1])
    assert np.corrcoef(seen.traces.rgb[0, inner, 1], np.sin(phase[inner]))[0, 1] < -0.9


def test_light_falls_on_face_and_background_alike() -> None:
    light = LightSettings(flicker=0.03, flicker_bpm=100.0)
    seen = record(RecordingSettings(PulseSettings(60.0), pulsation=0.0, light=light, camera=QUIET), 0)
    assert np.corrcoef(seen.traces.rgb[0, :, 1], seen.traces.background[:, 1])[0, 1] > 0.99


def test_motion_is_what_the_tracker_sees() -> None:
    motion = MotionSettings(sway=0.1, sway_bpm=60.0)
    seen = record(RecordingSettings(PulseSettings(90.0), pulsation=0.0, motion=motion, camera=QUIET), 0)
    spectrum = np.abs(np.fft.rfft(seen.traces.centre[:, 0] - seen.traces.centre[:, 0].mean()))
    assert spectrum.argmax() == 20  # 60 a minute in 20 s


def test_a_hidden_face_is_nowhere() -> None:
    seen = record(RecordingSettings(PulseSettings(60.0), camera=CameraSettings(hidden_s=((5.0, 7.0),))), 0)
    away = (seen.traces.times_s >= 5) & (seen.traces.times_s < 7)
    assert np.isnan(seen.traces.rgb[:, away]).all()
    assert np.isnan(seen.traces.size[away]).all()
    assert np.isfinite(seen.traces.rgb[:, ~away]).all()
    assert np.isfinite(seen.traces.background).all()


def test_a_coarse_coder_takes_the_pulse_away() -> None:
    def line(coding: float) -> float:
        camera = CameraSettings(noise=0.0, shared_noise=0.0, coding=coding, key_frames_s=3.7)
        seen = record(RecordingSettings(PulseSettings(60.0), pulsation=0.004, camera=camera), 0)
        green = seen.traces.rgb[0, :, 1]
        return float(np.abs(np.fft.rfft(green - green.mean()))[20])

    assert line(8.0) < 0.6 * line(0.1)


@pytest.mark.parametrize("jitter", [0.0, 0.5])
def test_frames_come_one_after_another(jitter: float) -> None:
    times = frame_times(20.0, CameraSettings(jitter=jitter, dropped=0.2), np.random.default_rng(0))
    assert times[0] == 0.0
    assert (np.diff(times) > 0).all()
    assert 420 < len(times) < 540
    assert times[-1] == pytest.approx(20.0, abs=0.7)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_drawn_and_equal_seeds_are_equal(kind: str) -> None:
    settings = KINDS[kind](np.random.default_rng(3))
    assert settings == KINDS[kind](np.random.default_rng(3))
    first, second = record(settings, 7), record(settings, 7)
    np.testing.assert_array_equal(first.traces.rgb, second.traces.rgb)
    assert 40 < first.mean_bpm < 230
    assert (settings.pulsation == 0) == (kind == "lifeless")
    assert 0 <= settings.tone < len(SKIN_TONES)


def test_skin_in_the_background_beats_along_with_the_face() -> None:
    seen = record(RecordingSettings(PulseSettings(60.0), skin_behind=0.3, camera=QUIET), 0)
    face = seen.traces.rgb[:, :, 1].mean(axis=0)
    behind = seen.traces.background[:, 1]
    assert np.corrcoef(face, behind)[0, 1] > 0.99
    assert behind.std() / behind.mean() == pytest.approx(0.3 * face.std() / face.mean(), rel=0.2)
