"""From colours to spectra: every method on every region in every window, fused into one spectrum a window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.colour import relative
from services.heart_rate.pulse.faces import FaceWindows, face_windows, window_count, window_length
from services.heart_rate.pulse.methods import FUSED, method
from services.heart_rate.signals.detrending import detrended, smoothness
from services.heart_rate.signals.resampling import Grid
from services.heart_rate.signals.spectrum import band_spectrum, normalised, power_of
from services.heart_rate.signals.spikes import spikes_held
from services.heart_rate.signals.uniform import UniformTraces
from services.heart_rate.signals.windows import windowed

# Windows worked on at once: bounds the memory of a long recording to some 40 MB.
_BLOCK: Final = 16
# Under a spectrum, over an even one: one method that sees nothing at a rate cannot forbid it.
_FLOOR: Final = 0.1
# The method whose phases are compared between regions.
_PHASED: Final = "pos"


@dataclass(frozen=True)
class Spectra:
    """W windows, M methods, R regions, F rates, T samples; every power sums to 1 over F.

    ``by_method`` (W, M, F) are means over the regions in sight and the whole face, ``by_region`` (W, R, F) means over
    methods, even where the region is not ``seen`` (W, R); ``fused`` (W, F). ``phasors`` (W, R, F) are the transforms
    of POS in each region, ``colours`` (W, R + 1, 3, F) those of relative colour, the whole face last.
    ``pulses`` (W, M, T) are the whole face's, detrended, rising with green.
    """

    seen: NDArray[np.bool_]
    by_method: NDArray[np.float64]
    by_region: NDArray[np.float64]
    fused: NDArray[np.float64]
    phasors: NDArray[np.complex128]
    colours: NDArray[np.complex128]
    pulses: NDArray[np.float64]


@dataclass(frozen=True)
class WindowSpectra(Spectra):
    """The spectra of a recording, the rates ``bpm`` (F,), the ``methods``' names, and its windows, ``hop_s`` apart."""

    grid: Grid
    hop_s: float
    bpm: NDArray[np.float64]
    methods: tuple[str, ...]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(W,) where any region was in sight."""
        return np.asarray(self.seen.any(axis=-1))

    @property
    def middles_s(self) -> NDArray[np.float64]:
        """(W,) the middle of every window."""
        first = self.grid.start_s + 0.5 * self.pulses.shape[-1] / self.grid.rate_hz
        return np.asarray(first + self.hop_s * np.arange(len(self.seen)))


def window_spectra(
    traces: UniformTraces, neural: Mapping[str, NDArray[np.float64]] | None = None, names: Sequence[str] = FUSED
) -> WindowSpectra:
    """The spectra of ``traces`` by the methods ``names``, and of ``neural`` pulses (M,) on the same grid."""
    length, hop = window_length(traces.grid)
    further = [windowed(pulse, length, hop) for pulse in (neural or {}).values()]
    starts = range(0, window_count(traces.grid), _BLOCK)
    blocks = [slice(start, start + _BLOCK) for start in starts]
    parts = [_spectra(face_windows(traces, at), names, [pulses[at] for pulses in further]) for at in blocks]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Spectra.__dataclass_fields__}
    bpm, _ = band_spectrum(np.zeros(length), traces.grid.rate_hz)
    return WindowSpectra(
        **joined, grid=traces.grid, hop_s=hop / traces.grid.rate_hz, bpm=bpm, methods=(*names, *(neural or {}))
    )


def _spectra(faces: FaceWindows, names: Sequence[str], neural: Sequence[NDArray[np.float64]]) -> Spectra:
    rate = faces.rate_hz
    strength = smoothness(rate)
    # The regions in sight and the whole face, which averages their noise away, count alike.
    counted = np.concatenate([faces.seen, np.ones_like(faces.seen[:, :1])], axis=1)
    shares = (counted / counted.sum(axis=1, keepdims=True))[..., None]  # (W, R + 1, 1)
    courses = {name: detrended(method(name)(faces.rgb, rate), strength) for name in dict.fromkeys((*names, _PHASED))}
    pulses, by_method, by_region = [], [], []
    for name in names:
        pulse = spikes_held(courses[name])
        power = normalised(power_of(band_spectrum(pulse, rate)[1]))  # (W, R + 1, F)
        pulses.append(pulse[:, -1])
        by_method.append((power * shares).sum(axis=1))
        by_region.append(power[:, :-1])
    for course in neural:
        pulses.append(spikes_held(detrended(course, strength)))
        by_method.append(normalised(power_of(band_spectrum(pulses[-1], rate)[1])))
    methods = np.stack(by_method, axis=1)
    even = 1 / methods.shape[-1]
    return Spectra(
        seen=faces.seen,
        by_method=methods,
        by_region=np.where(faces.seen[..., None], np.mean(by_region, axis=0), even),
        fused=np.where(faces.seen.any(axis=-1, keepdims=True), fused(methods), even),
        phasors=band_spectrum(courses[_PHASED][:, :-1], rate)[1],
        colours=band_spectrum(detrended(relative(faces.rgb), strength), rate)[1],
        pulses=np.stack(pulses, axis=1),
    )


def fused(by_method: NDArray[np.float64]) -> NDArray[np.float64]:
    """One spectrum (..., F) of the methods' (..., M, F): the geometric mean, above a floor.

    Of the fusions tried on the generated recordings (arithmetic, weighted by signal-to-noise ratio or by trust,
    geometric over methods and regions alike) this one went wrong least: a method that follows a disturbance has the
    sharpest line of all, and must not be heard the more for it.
    """
    floored = by_method + _FLOOR / by_method.shape[-1]
    return normalised(np.exp(np.log(floored).mean(axis=-2)))
