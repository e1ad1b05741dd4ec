"""One heart rate from all that measure it: fused minute by minute by how far each can be believed, never extrapolated.

A sensor's standard deviation follows from its kind and its quality. Of sensors that agree, the mean weighted by inverse
variances is given. Sensors that do not agree measure different things (a cadence, every other beat, another person):
the mean of these would be a rate that nobody has, so that the most certain one's is given, with a band over all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import sqrt
from statistics import NormalDist, median
from typing import Final

from shared.contracts.vitals import ASSUMED_QUALITY, VitalSource

# Two rates further apart than this are not of one heart: twice the error that the standard for
# heart rate meters allows (5 bpm, or 10 % where that is more: ANSI/AAMI EC13; IEC 60601-2-27).
DISAGREE_BPM: Final = 10.0

# Standard deviation at full quality, in bpm.
_BEST_BPM: Final = {
    # Meters of bedside monitors state ±1 bpm or ±1 % (BeneHeart D6, ECG); the rest is their averaging of 12 beats.
    VitalSource.MONITOR: 1.5,
    # Wrist PPG of sufficient quality against ECG: limits of agreement −3.1 to 2.8 bpm in 99 patients, that is
    # ±1.96 × 1.5 (JMIR Cardio 2021;5(2):e27765).
    VitalSource.WEARABLE: 1.5,
    # One beat missed or counted twice is 4 bpm in a count of 15 s and 2 bpm in one of 30 s.
    VitalSource.STAFF: 3.0,
    # However confident, light from a metre away tells no more than a sensor on the skin.
    VitalSource.RPPG: 1.5,
}
# At quality 0, which says nearly nothing. With it, a wearable that does not tell its quality (0.5) has √(1.5 × 24) = 6:
# trackers on 50 patients in intensive care had limits of agreement of 24 bpm, read as ±1.96 × 6 (Kroll et al., J Med
# Internet Res 2016;18(9):e253). In motion a wearable's quality is below that.
_WORST_BPM: Final = 24.0
# A calibrated confidence is the probability of an error within this (shared.contracts.heart_rate).
_CONFIDENT_WITHIN_BPM: Final = 5.0
_NORMAL: Final = NormalDist()
_Z95: Final = _NORMAL.inv_cdf(0.975)


@dataclass(frozen=True)
class HeartRateMeasurement:
    """One measured rate; ``stated_quality`` is the sensor's own word from 0 to 1, of rPPG its calibrated confidence."""

    at: datetime
    bpm: float
    source: VitalSource
    device: str
    stated_quality: float | None = None

    @property
    def quality(self) -> float:
        """The stated quality, or what its source is believed without one."""
        return ASSUMED_QUALITY[self.source] if self.stated_quality is None else self.stated_quality


@dataclass(frozen=True)
class DeviceRate:
    """What one device measured in one minute: medians."""

    source: VitalSource
    device: str
    bpm: float
    quality: float

    @property
    def sigma_bpm(self) -> float:
        """Standard deviation of the rate, in bpm."""
        return sigma_bpm(self.source, self.quality)

    @property
    def band(self) -> tuple[float, float]:
        """The rates between which the true one lies 95 times of 100, by this device alone."""
        return _band(self.bpm, self.sigma_bpm)


@dataclass(frozen=True)
class FusedPoint:
    """The heart rate of the minute that begins ``at``, in bpm, with its 95 % band and everything it was made from."""

    at: datetime
    bpm: float
    low: float
    high: float
    sources: tuple[DeviceRate, ...]

    @property
    def surest(self) -> DeviceRate:
        """The device whose rate is most certain."""
        return min(self.sources, key=_certainty)

    @property
    def disagreement_bpm(self) -> float | None:
        """How far the devices lie apart; None of one alone."""
        if len(self.sources) < 2:
            return None
        rates = [device.bpm for device in self.sources]
        return max(rates) - min(rates)

    @property
    def disagrees(self) -> bool:
        """Whether two devices lie further apart than one heart allows."""
        return self.disagreement_bpm is not None and self.disagreement_bpm > DISAGREE_BPM


def sigma_bpm(source: VitalSource, quality: float) -> float:
    """Standard deviation of one rate, in bpm, from 1.5 to 24.

    Contact: log-linear in the quality q, σ = best^q × 24^(1−q). rPPG: q = P(|error| ≤ 5 bpm) of a normal error, so that
    σ = 5 / Φ⁻¹((1 + q) / 2).
    """
    best = _BEST_BPM[source]
    if source is not VitalSource.RPPG:
        return float(best**quality * _WORST_BPM ** (1 - quality))
    quantile = _NORMAL.inv_cdf((1 + quality) / 2) if quality < 1 else float("inf")
    return min(_WORST_BPM, max(best, _CONFIDENT_WITHIN_BPM / quantile)) if quantile > 0 else _WORST_BPM


def fused_by_minute(measurements: Iterable[HeartRateMeasurement]) -> Iterator[FusedPoint]:
    """The points of all minutes that hold any of ``measurements``, which come in the order of time."""
    for minute, within in groupby(measurements, key=lambda measured: measured.at.replace(second=0, microsecond=0)):
        yield fused(minute, within)


def fused(at: datetime, measurements: Iterable[HeartRateMeasurement]) -> FusedPoint:
    """The point of the minute that begins ``at``, from all of its ``measurements``, one or more.

    The error of one sensor lasts longer than a minute (a loose strap, a moving head): its median counts as one
    measurement, however often it measured.
    """
    devices = _medians(measurements)
    best = min(devices, key=_certainty)
    agreeing = [device for device in devices if abs(device.bpm - best.bpm) <= DISAGREE_BPM]
    bpm, sigma = _weighted_mean(agreeing)
    point = FusedPoint(at, bpm, *_band(bpm, sigma), tuple(devices))
    if not point.disagrees:
        return point
    lows, highs = zip(*(device.band for device in devices), strict=True)
    return FusedPoint(at, bpm, min(point.low, *lows), max(point.high, *highs), point.sources)


def _medians(measurements: Iterable[HeartRateMeasurement]) -> list[DeviceRate]:
    by_device: dict[tuple[VitalSource, str], list[HeartRateMeasurement]] = {}
    for measured in measurements:
        by_device.setdefault((measured.source, measured.device), []).append(measured)
    return [
        DeviceRate(source, device, median(m.bpm for m in of_device), median(m.quality for m in of_device))
        for (source, device), of_device in sorted(by_device.items())
    ]


def _certainty(device: DeviceRate) -> tuple[float, VitalSource, str]:
    """Sorts the most certain device first; of equals always the same one, so that the line does not jump."""
    return device.sigma_bpm, device.source, device.device


def _weighted_mean(devices: Sequence[DeviceRate]) -> tuple[float, float]:
    """x̄ = Σ xᵢ/σᵢ² / Σ 1/σᵢ², and its σ = 1 / √(Σ 1/σᵢ²), widened where the rates scatter more than their σᵢ explain.

    By Birge's ratio √(χ² / (n − 1)), where it is above 1 (Phys. Rev. 40, 207, 1932).
    """
    weights = [device.sigma_bpm**-2 for device in devices]
    # From one of the rates on, so that equal rates have just this mean.
    beyond = (weight * (device.bpm - devices[0].bpm) for weight, device in zip(weights, devices, strict=True))
    mean = devices[0].bpm + sum(beyond) / sum(weights)
    chi2 = sum(weight * (device.bpm - mean) ** 2 for weight, device in zip(weights, devices, strict=True))
    birge = sqrt(chi2 / (len(devices) - 1)) if len(devices) > 1 else 1.0
    return mean, max(1.0, birge) / sqrt(sum(weights))


def _band(bpm: float, sigma: float) -> tuple[float, float]:
    return max(0.0, bpm - _Z95 * sigma), bpm + _Z95 * sigma
