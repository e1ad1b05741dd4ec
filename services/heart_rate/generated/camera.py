"""A generated camera: when its frames come, its noise, what its coder keeps, and when the face is out of sight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CameraSettings:
    """``noise`` is the standard deviation of one pixel, ``pixels`` the skin pixels of a usual region.

    ``jitter`` is the interval's standard deviation over the interval; ``dropped`` the share of frames that never came;
    ``hidden_s`` the times between which no face is seen. ``coding`` is how coarsely the coder keeps slow changes, in
    colour levels, and ``key_frames_s`` how often it starts afresh; 0 leaves the colours as they are.
    """

    frames_per_second: float = 30.0
    jitter: float = 0.0
    dropped: float = 0.0
    noise: float = 2.0
    # Noise that neighbouring pixels share (demosaicing, denoising): the mean over a region does not get rid of it.
    shared_noise: float = 0.02
    pixels: float = 1500.0
    hidden_s: tuple[tuple[float, float], ...] = ()
    coding: float = 0.0
    key_frames_s: float = 1.0
    bits_per_pixel: float | None = 0.2


def frame_times(duration_s: float, camera: CameraSettings, chance: np.random.Generator) -> NDArray[np.float64]:
    """Presentation times (N,), strictly rising, from 0."""
    count = int(duration_s * camera.frames_per_second)
    intervals = 1 + camera.jitter * np.clip(chance.standard_normal(count), -2, 2)
    times = np.cumsum(np.maximum(intervals, 0.05)) / camera.frames_per_second
    kept = chance.uniform(size=count) >= camera.dropped
    kept[[0, -1]] = True
    times = times[kept]
    return np.asarray(times - times[0])


def noise(
    rgb: NDArray[np.float64], pixels: NDArray[np.float64], camera: CameraSettings, chance: np.random.Generator
) -> NDArray[np.float64]:
    """Noise (R, N, 3) of means over ``pixels`` (R, N): each pixel's own, averaged; and the shared part, unaveraged."""
    own = camera.noise / np.sqrt(np.maximum(pixels, 1.0))[..., None]
    return np.asarray(np.hypot(own, camera.shared_noise) * chance.standard_normal(rgb.shape))


def hidden(times_s: NDArray[np.float64], camera: CameraSettings) -> NDArray[np.bool_]:
    """Where (N,) no face is seen."""
    away = np.zeros(len(times_s), np.bool_)
    for start, end in camera.hidden_s:
        away |= (times_s >= start) & (times_s < end)
    return away


def coded(
    rgb: NDArray[np.float64],
    background: NDArray[np.float64],
    times_s: NDArray[np.float64],
    camera: CameraSettings,
    chance: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a predictive coder leaves of ``rgb`` (R, N, 3) and ``background`` (N, 3).

    Between key frames a block is sent again only when it has changed by more than the dead zone, chroma more rarely
    than luma; a key frame quantises afresh, with an error that is the same kind each time: a beat at the key frames'
    own rate, which is the artefact that looks most like a pulse.
    """
    if camera.coding <= 0:
        return rgb, background
    luma = rgb @ [0.299, 0.587, 0.114]
    chroma = rgb[..., [0, 2]] - luma[..., None]
    step = camera.coding
    key = np.diff(np.floor(times_s / camera.key_frames_s), prepend=-1.0) > 0
    offset = step * 0.3 * chance.standard_normal(3)
    kept_luma = _held(luma[..., None], key, step, chance)[..., 0] + offset[0] * _since(key)
    kept_chroma = _held(chroma, key, 1.5 * step, chance) + offset[1:] * _since(key)[:, None]
    red = kept_luma + kept_chroma[..., 0]
    blue = kept_luma + kept_chroma[..., 1]
    green = (kept_luma - 0.299 * red - 0.114 * blue) / 0.587
    beside = (
        _held(background[None], key, step, chance)[0] + step * 0.3 * chance.standard_normal(3) * _since(key)[:, None]
    )
    return np.stack([red, green, blue], axis=-1), beside


def _since(key: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A saw (N,) that is 1 at each key frame and falls as the frames behind it correct its error."""
    index = np.arange(len(key))
    return np.exp(-(index - np.maximum.accumulate(np.where(key, index, 0))) / 4.0)


def _held(
    values: NDArray[np.float64], key: NDArray[np.bool_], dead_zone: float, chance: np.random.Generator
) -> NDArray[np.float64]:
    """``values`` (R, N, C) of some 40 blocks each, every one held until it differs by more than ``dead_zone``."""
    blocks = 40
    spread = dead_zone * chance.uniform(0, 1, (values.shape[0], blocks, values.shape[2]))
    held = values[:, None, 0] + 0 * spread
    kept = np.empty_like(values)
    for frame in range(values.shape[1]):
        now = values[:, None, frame] + spread
        held = np.where(key[frame] | (np.abs(now - held) > dead_zone), np.round(now / dead_zone) * dead_zone, held)
        kept[:, frame] = (held - spread).mean(axis=1)
    return kept
