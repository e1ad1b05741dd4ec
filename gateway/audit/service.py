"""The audit: reading and proving it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.audit.schemas import AuditVerification
from gateway.paging import Paging, fetch
from shared.database.journal import first_broken_audit_entry
from shared.database.tables import AuditEntry


def list_entries(
    session: Session, actor: str | None, resource: str | None, paging: Paging
) -> tuple[list[AuditEntry], str | None]:
    """Audit entries, newest first."""
    query = select(AuditEntry)
    if actor is not None:
        query = query.where(AuditEntry.actor == actor)
    if resource is not None:
        query = query.where(AuditEntry.resource == resource)
    return fetch(session, query, [AuditEntry.id], paging, descending=True)


def verify(session: Session) -> AuditVerification:
    """Recompute the whole chain of hashes."""
    entries, broken = first_broken_audit_entry(session)
    return AuditVerification(intact=broken is None, entries=entries, first_broken_id=broken)
