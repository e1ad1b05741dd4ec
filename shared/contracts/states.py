"""The states that jobs and alerts pass through, and the types of event that report them."""

from enum import StrEnum


class JobState(StrEnum):
    """queued → running → one of the three ends; a lost worker or a retry leads back to queued."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"  # the input cannot be processed: a result too, since silence would look like a negative
    FAILED = "failed"  # attempts used up; a dead letter holds the message


class PacsState(StrEnum):
    """arriving → (waiting →) selected → handed over → answered → done; else refused or passed over."""

    ARRIVING = "arriving"
    WAITING = "waiting"  # not the first choice: until the rest of its study is there
    SELECTED = "selected"
    HANDED_OVER = "handed_over"
    ANSWERED = "answered"  # the finding is there, its DICOM objects are not yet back in the PACS
    DONE = "done"
    REFUSED = "refused"  # should have been analysed and could not be
    PASSED_OVER = "passed_over"  # nothing to analyse


class AlertState(StrEnum):
    """open → acknowledged → closed; an open alert may be closed at once."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertLevel(StrEnum):
    """How loudly an alert asks for a person."""

    CRITICAL = "critical"
    WARNING = "warning"


class Role(StrEnum):
    """What a user may do: administrators everything, clinicians all clinical work, viewers read."""

    ADMIN = "admin"
    CLINICIAN = "clinician"
    VIEWER = "viewer"


class Sex(StrEnum):
    """Administrative sex by FHIR's codes."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class EventType(StrEnum):
    """Everything that a browser can be told live."""

    STUDY_CREATED = "study.created"
    JOB_QUEUED = "job.queued"
    JOB_RUNNING = "job.running"
    JOB_PROGRESS = "job.progress"
    JOB_SUCCEEDED = "job.succeeded"
    JOB_REFUSED = "job.refused"
    JOB_FAILED = "job.failed"
    FINDING_CREATED = "finding.created"
    VIDEO_CREATED = "video.created"
    HEART_RATE_CREATED = "heart_rate.created"
    HEART_RATES_DISAGREE = "heart_rates.disagree"
    VITALS_STORED = "vitals.stored"
    BEHAVIOUR_STORED = "behaviour.stored"
    RISK_CREATED = "risk.created"
    EXPANSION_OBSERVED = "expansion.observed"
    ALERT_OPENED = "alert.opened"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_CLOSED = "alert.closed"
    PACS_STUDY_REFUSED = "pacs.study_refused"
