"""Events and audit entries: noted during a transaction, written at its very end, numbered in commit order.

The number comes from a counter row whose lock lasts to the commit. Whoever holds a lower number has therefore
committed before a higher one becomes visible: a reader that asks for "all after N" misses nothing. Writing last keeps
that lock short; writing audit before events, always, keeps two transactions from waiting for each other.
"""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.contracts.states import EventType
from shared.database.columns import now
from shared.database.tables import AuditEntry, Event, Sequence
from shared.observability.correlation import correlation_id

FIRST_HASH = "0" * 64


def note_event(
    session: Session,
    event_type: EventType,
    *,
    patient_id: UUID | None = None,
    study_id: UUID | None = None,
    job_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Tell everyone who listens, once this transaction commits."""
    event = Event(
        type=event_type,
        patient_id=patient_id,
        study_id=study_id,
        job_id=job_id,
        payload=payload or {},
        created_at=now(),
    )
    session.info.setdefault("events", []).append(event)


def note_audit(
    session: Session, *, actor: str, action: str, resource: str, detail: dict[str, Any] | None = None
) -> None:
    """Put on record who does what in this transaction. ``detail`` holds names of fields, never patient data."""
    entry = AuditEntry(
        at=now(), actor=actor, action=action, resource=resource, detail=detail or {}, correlation_id=correlation_id()
    )
    session.info.setdefault("audit", []).append(entry)


def write_journal(session: Session) -> None:
    """Write what was noted; called once, just before the commit."""
    session.flush()
    entries: list[AuditEntry] = session.info.pop("audit", [])
    if entries:
        _chain(session, entries)
    events: list[Event] = session.info.pop("events", [])
    if events:
        for number, event in enumerate(events, start=_reserve(session, "events", len(events))):
            event.id = number
        session.add_all(events)
    session.flush()


def _chain(session: Session, entries: list[AuditEntry]) -> None:
    first = _reserve(session, "audit", len(entries))
    previous = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == first - 1)) or FIRST_HASH
    for number, entry in enumerate(entries, start=first):
        entry.id, entry.previous_hash = number, previous
        entry.hash = previous = entry_hash(entry)
    session.add_all(entries)


def _reserve(session: Session, name: str, count: int) -> int:
    """The first of ``count`` fresh numbers of the sequence ``name``; later callers wait until this one commits."""
    session.execute(update(Sequence).where(Sequence.name == name).values(value=Sequence.value + count))
    last = session.scalar(select(Sequence.value).where(Sequence.name == name))
    if last is None:
        raise LookupError(f"sequence {name!r} is missing: run the migrations")
    return last - count + 1


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the entry's content and the hash of the one before."""
    content = [
        entry.id,
        _iso(entry.at),
        entry.actor,
        entry.action,
        entry.resource,
        entry.detail,
        entry.correlation_id,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")


def first_broken_audit_entry(session: Session) -> tuple[int, int | None]:
    """How many audit entries there are, and the id of the first that does not fit the chain (None: all do)."""
    # Read first: what is written meanwhile is beyond it and not judged.
    head = session.scalar(select(Sequence.value).where(Sequence.name == "audit")) or 0
    previous, expected = FIRST_HASH, 1
    entries = select(AuditEntry).where(AuditEntry.id <= head).order_by(AuditEntry.id)
    for entry in session.scalars(entries.execution_options(yield_per=500)):
        if entry.id != expected or entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return expected - 1, expected
        previous, expected = entry.hash, expected + 1
    return expected - 1, None if head == expected - 1 else expected  # a cut-off tail is a break too
