"""Every metric of the platform, in one place. Labels are codes and names of our own, never anything of a patient."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("dhn_http_requests", "Answered requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "dhn_http_request_seconds",
    "Time to answer a request",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
EVENT_STREAMS = Gauge("dhn_event_streams", "Browsers listening to live events")
UPLOADED_BYTES = Counter("dhn_uploaded_bytes", "Bytes received as studies and videos")
ADMISSION_REFUSED = Counter("dhn_admission_refused", "Studies and videos answered with 429", ["priority"])
SIGN_INS = Counter("dhn_sign_ins", "Attempts to sign in", ["outcome"])

JOBS_WAITING = Gauge("dhn_jobs_waiting", "Jobs waiting for a worker", ["queue"])
JOBS_OLDEST_SECONDS = Gauge("dhn_jobs_oldest_waiting_seconds", "Age of the oldest waiting job", ["queue"])
DEAD_LETTERS = Gauge("dhn_dead_letters", "Dead letters that nobody has resolved")
ALERTS_OPEN = Gauge("dhn_alerts_open", "Alerts that nobody has acknowledged", ["level"])

ARTIFACTS_FREE = Gauge("dhn_artifacts_free_ratio", "Free share of the disk that holds the artifacts, 0 to 1")

OUTBOX_WAITING = Gauge("dhn_outbox_waiting", "Messages due that have not reached the broker")
OUTBOX_SENT = Counter("dhn_outbox_sent", "Messages handed to the broker", ["queue"])
OUTBOX_FAILURES = Counter("dhn_outbox_failures", "Times the broker did not take a message")
JOBS_REQUEUED = Counter("dhn_jobs_requeued", "Jobs put back by the relay", ["reason"])

JOB_ATTEMPTS = Counter("dhn_job_attempts", "Attempts that ended", ["kind", "outcome"])
JOB_SECONDS = Histogram(
    "dhn_job_seconds",
    "Time of one attempt",
    ["kind"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600),
)
JOB_WAIT_SECONDS = Histogram(
    "dhn_job_wait_seconds",
    "Time from creation to the first attempt",
    ["kind"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
JOBS_RUNNING = Gauge("dhn_jobs_running", "Attempts under way in this worker", ["kind"])
WORKER_UP = Gauge("dhn_worker_live", "1 while the worker passes its own liveness check")

RISK_ASSESSMENTS = Counter("dhn_risk_assessments", "Assessments of patients, by the level they leave", ["level"])
RISK_CALLS = Counter("dhn_risk_calls", "Alerts that the bedside risk raised", ["kind"])
RISK_NOT_COMPUTABLE = Counter("dhn_risk_not_computable", "Assessments without a figure for want of data", ["part"])
EXPANSION_JUDGED = Gauge(
    "dhn_expansion_judged", "Predicted expansions that a later CT told the truth of, by predicted probability", ["band"]
)
EXPANSION_UNCERTAIN = Gauge(
    "dhn_expansion_uncertain",
    "Predicted expansions that a later CT could not tell, within the outlines' doubt",
    ["band"],
)
EXPANSION_PREDICTED = Gauge("dhn_expansion_predicted_ratio", "Mean predicted probability of those judged", ["band"])
EXPANSION_SEEN = Gauge(
    "dhn_expansion_seen_ratio", "Share of those judged that expanded: value and 95 % interval", ["band", "bound"]
)

HEART_RATE_READINGS = Counter(
    "dhn_heart_rate_readings", "Videos read, by what came of them: given, or the reason for no rate", ["outcome"]
)
HEART_RATE_CONFIDENCE = Histogram(
    "dhn_heart_rate_confidence",
    "Calibrated probability that a rate, given or withheld, is within 5 bpm",
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1),
)
HEART_RATE_WORK = Histogram(
    "dhn_heart_rate_work_ratio",
    "Seconds of work for one second of video",
    buckets=(0.03, 0.06, 0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8),
)

PACS_SERIES = Counter("dhn_pacs_series", "Series from the PACS, by step of their way", ["step"])
PACS_OBJECTS = Counter("dhn_pacs_objects_stored", "DICOM results stored back to the PACS", ["role"])
PACS_FAILURES = Counter(
    "dhn_pacs_failures", "Steps of the PACS bridge that did not succeed and are tried again", ["step"]
)
PACS_WAITING = Gauge("dhn_pacs_waiting", "Series from the PACS whose way is not at its end", ["state"])
PACS_OLDEST_SECONDS = Gauge(
    "dhn_pacs_oldest_waiting_seconds",
    "Since the last instance of the oldest series that is to be handed over or answered",
)
PACS_FINDING_SECONDS = Histogram(
    "dhn_pacs_finding_seconds",
    "From a series' last instance being received to its finding",
    buckets=(5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800),
)
