"""Findings for other systems: reading one on their behalf."""

from uuid import UUID

from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from shared.database.journal import note_audit
from shared.database.tables import Finding


def export(session: Session, finding_id: UUID, form: str, actor: str) -> Finding:
    """One finding, to leave in ``form``, such as "hl7". Raises NotFoundError."""
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise NotFoundError("finding")
    detail = {"form": form}
    note_audit(session, actor=actor, action="finding.exported", resource=f"finding/{finding_id}", detail=detail)
    return finding
