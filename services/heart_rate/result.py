"""What an estimate says: what everybody is told, and beside it what only an evaluation may see."""

from shared.contracts.heart_rate import BreathingRate, HeartRateReport, HeartRateVariability, Reason, Trend


class HeartRateEstimate(HeartRateReport):
    """A report, and the candidate: what would have been said.

    It is kept so that an evaluation can count the errors that were withheld, and must not be shown to anybody as a
    heart rate.
    """

    candidate_bpm: float | None

    def report(self) -> HeartRateReport:
        """What everybody is told."""
        return HeartRateReport.model_validate(self.model_dump(exclude={"candidate_bpm"}))


def nothing(reason: Reason, quality: dict[str, float] | None = None) -> HeartRateEstimate:
    """The estimate from input that could not even be analysed."""
    return HeartRateEstimate(
        bpm=None,
        confidence=0.0,
        reason=reason,
        bpm_low=None,
        bpm_high=None,
        candidate_bpm=None,
        trend=Trend(times_s=(), bpm=(), low=(), high=(), confidence=()),
        breathing_rate=BreathingRate(per_minute=None, spread=None, reason=reason),
        hrv=HeartRateVariability(sdnn_ms=None, rmssd_ms=None, intervals=0, reason=reason),
        methods=(),
        quality=quality or {},
        pulse=None,
        spectrum=None,
    )
