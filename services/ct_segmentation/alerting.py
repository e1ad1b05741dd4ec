"""Which findings call for a person, and how loudly."""

from dataclasses import dataclass

from shared.contracts.ct import CtReport
from shared.contracts.states import AlertLevel


@dataclass(frozen=True)
class AlertCall:
    """What to tell whoever is on duty; holds no patient data."""

    level: AlertLevel
    code: str
    message: str


def alert_for(report: CtReport, min_haematoma_ml: float) -> AlertCall | None:
    """The alert that a finding raises, if any.

    A haematoma of at least ``min_haematoma_ml``, or a bleed that the classifier sees, is critical. Anything else that
    the model itself doubts is a warning: a doubtful negative must not look like a negative.
    """
    if report.haematoma_ml >= min_haematoma_ml:
        return AlertCall(
            AlertLevel.CRITICAL,
            "haemorrhage_suspected",
            f"Haemorrhage suspected: haematoma {report.haematoma_ml:.1f} mL, oedema {report.oedema_ml:.1f} mL.",
        )
    if report.haemorrhage_suspected:
        return AlertCall(
            AlertLevel.CRITICAL,
            "haemorrhage_suspected",
            "Haemorrhage suspected by the classifier without a matching outline; look at the images.",
        )
    if report.review_flags:
        reasons = "; ".join(flag.detail for flag in report.review_flags)
        return AlertCall(AlertLevel.WARNING, "review_needed", f"The result needs a second look: {reasons}")
    return None
