"""Findings as the exams of one patient: each CT once, by the time it was made, since the onset of symptoms."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.risk_scoring.record.patient import Scan
from shared.contracts.ct import CtReport
from shared.contracts.risk import Exam
from shared.database.tables import Finding

# A scan is not made after its finding. Where the scanner's clock says so, it is wrong by a time zone or altogether.
_CLOCK_SKEW: Final = timedelta(minutes=5)


def scans_of(findings: Iterable[Finding], onset_at: datetime | None) -> tuple[Scan, ...]:
    """The scans since onset, by time; of one that was analysed more than once, the latest finding."""
    latest: dict[str, Scan] = {}
    for finding in sorted(findings, key=lambda finding: (finding.created_at, finding.id)):
        report = CtReport.model_validate(finding.report)
        latest[_scan_of(finding, report)] = Scan(_exam(finding, report, onset_at), report)
    since = [scan for scan in latest.values() if scan.exam.hours_from_onset is None or scan.exam.hours_from_onset > 0]
    return tuple(sorted(since, key=lambda scan: (scan.exam.at, scan.exam.finding_id)))


def _scan_of(finding: Finding, report: CtReport) -> str:
    """What tells a second finding of one scan from another scan: the images' own identifier, or the upload."""
    return report.study_instance_uid or str(finding.study_id or finding.id)


def _exam(finding: Finding, report: CtReport, onset_at: datetime | None) -> Exam:
    made_at = report.acquired_at
    believed = made_at is not None and made_at <= finding.created_at + _CLOCK_SKEW
    at = made_at if believed and made_at is not None else finding.created_at
    return Exam(
        finding_id=finding.id,
        at=at,
        at_is_arrival=not believed,
        hours_from_onset=None if onset_at is None else (at - onset_at).total_seconds() / 3600,
        haematoma_ml=report.haematoma_ml,
        haematoma_ml_range=report.haematoma_ml_range,
        oedema_ml=report.oedema_ml,
    )
