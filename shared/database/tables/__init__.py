"""All tables. Importing this package registers every one of them with ``Base.metadata``."""

from shared.database.columns import Base
from shared.database.tables.care import Patient, Study, StudyFile, Video
from shared.database.tables.notices import Alert, AlertAction, Event
from shared.database.tables.pacs import PacsCursor, PacsObject, PacsSeries
from shared.database.tables.people import AuditEntry, IdempotentAnswer, SignIn, User
from shared.database.tables.risk import BehaviourEvent, ExpansionOutcome, RiskScore, RiskState, Vital, WhatIf
from shared.database.tables.work import DeadLetter, Finding, HeartRateReading, Job, OutboxMessage, Sequence

metadata = Base.metadata

__all__ = [
    "Alert",
    "AlertAction",
    "AuditEntry",
    "BehaviourEvent",
    "DeadLetter",
    "Event",
    "ExpansionOutcome",
    "Finding",
    "HeartRateReading",
    "IdempotentAnswer",
    "Job",
    "OutboxMessage",
    "PacsCursor",
    "PacsObject",
    "PacsSeries",
    "Patient",
    "RiskScore",
    "RiskState",
    "Sequence",
    "SignIn",
    "Study",
    "StudyFile",
    "User",
    "Video",
    "Vital",
    "WhatIf",
    "metadata",
]
