"""A generated recording: the colours of a face's regions, and all that camera and person add to the pulse."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.generated.camera import CameraSettings, coded, frame_times, hidden, noise
from services.heart_rate.generated.disturbance import LightSettings, MotionSettings, light, motion
from services.heart_rate.generated.pulse_wave import PulseSettings, pulse_wave
from services.heart_rate.generated.skin import SKIN_TONES, pulse_direction
from services.heart_rate.traces import REGIONS, RegionTraces, VideoFacts


@dataclass(frozen=True)
class RecordingSettings:
    """One recording. ``pulsation`` is the relative amplitude in green, 0 for a photograph or a mask.

    ``skin_behind`` is how much skin lies in what is taken for the background: a neck, a hand.
    """

    pulse: PulseSettings
    tone: int = 0
    pulsation: float = 0.006
    brightness: float = 1.0
    skin_behind: float = 0.0
    duration_s: float = 20.0
    motion: MotionSettings = field(default_factory=MotionSettings)
    light: LightSettings = field(default_factory=LightSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)


@dataclass(frozen=True)
class GeneratedRecording:
    """The traces, and what is true of them: the rate (N,) at each frame, its mean, and the times of the beats."""

    traces: RegionTraces
    bpm: NDArray[np.float64]
    beats_s: NDArray[np.float64]

    @property
    def mean_bpm(self) -> float:
        """The true mean rate over the frames in which the face is seen."""
        return float(self.bpm[np.isfinite(self.traces.size)].mean())


def record(settings: RecordingSettings, seed: int) -> GeneratedRecording:
    """The recording of ``settings``; equal seeds give equal recordings.

    C = mean colour · light · (1 + shade − pulse) + specular reflection + noise, in every region, after the dichromatic
    model of Wang et al. 2017 (eq. 2); then what the coder and the detector leave of it.
    """
    chance = np.random.default_rng(seed)
    camera = settings.camera
    times = frame_times(settings.duration_s, camera, chance)
    pulse = pulse_wave(settings.pulse, times, chance)
    regions = len(REGIONS)
    colour = np.array(SKIN_TONES[settings.tone].colour) * chance.uniform(0.9, 1.1, 3) * settings.brightness
    amplitude = settings.pulsation * chance.uniform(0.6, 1.3, regions)
    # The wave reaches the chin some 10 to 30 ms after the forehead.
    delays = chance.uniform(0, 0.03, regions)
    waves = np.stack([np.interp(times - delay, times, pulse.wave) for delay in delays])  # (R, N)
    beating = waves[..., None] * amplitude[:, None, None] * pulse_direction(chance)  # (R, N, 3)
    moved = motion(settings.motion, times, regions, chance)
    lit = light(settings.light, times, regions, chance)
    base = colour * chance.uniform(0.85, 1.1, (regions, 1, 1))
    # Blood absorbs: the skin darkens as it flows in.
    rgb = base * lit.on_face * (1 + moved.shade - beating) + colour.mean() * moved.specular
    pixels = np.round(camera.pixels * chance.uniform(0.5, 1.5, regions))[:, None] * (1 + 0.05 * moved.size_change)
    background = (
        np.array([120.0, 120.0, 115.0])
        * settings.brightness
        * lit.behind
        * (1 - settings.skin_behind * beating.mean(axis=0))
    )
    rgb = np.clip(rgb + noise(rgb, pixels, camera, chance), 0, 255)
    background = background + noise(background[None], np.full((1, len(times)), 20000.0), camera, chance)[0]
    rgb, background = coded(rgb, background, times, camera, chance)
    seen = ~hidden(times, camera)
    usual = float(np.median(np.diff(times)))
    width = 120.0 * np.sqrt(camera.pixels / 1500)
    traces = RegionTraces(
        times_s=times,
        rgb=np.where(seen[None, :, None], rgb, np.nan),
        pixels=np.where(seen, np.maximum(pixels, 1.0), 0.0),
        centre=np.where(seen[:, None], [320.0, 240.0] + width * moved.displacement, np.nan),
        size=np.where(seen, width * (1 + moved.size_change), np.nan),
        background=background,
        video=VideoFacts(
            width=640,
            height=480,
            codec="h264",
            duration_s=settings.duration_s,
            frames=len(times),
            frames_per_second=1 / usual,
            frames_repeated=0,
            gaps=int((np.diff(times) > 1.5 * usual).sum()),
            bits_per_pixel=camera.bits_per_pixel,
        ),
    )
    return GeneratedRecording(traces, pulse.bpm, pulse.beats_s)
