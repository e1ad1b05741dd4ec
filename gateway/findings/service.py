"""Findings: reading one, and the images that belong to it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.paging import Paging, fetch
from shared.artifacts.store import ArtifactRef
from shared.database.journal import note_audit
from shared.database.tables import Finding, Study


def of_study(session: Session, study_id: UUID, paging: Paging, actor: str) -> tuple[list[Finding], str | None]:
    """All findings of a study, newest first. Raises NotFoundError."""
    if session.get(Study, study_id) is None:
        raise NotFoundError("study")
    query = select(Finding).where(Finding.study_id == study_id)
    found = fetch(session, query, [Finding.created_at, Finding.id], paging, descending=True)
    note_audit(session, actor=actor, action="findings.read", resource=f"study/{study_id}")
    return found


def read(session: Session, finding_id: UUID, actor: str) -> Finding:
    """One finding, for someone to see. Raises NotFoundError."""
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise NotFoundError("finding")
    note_audit(session, actor=actor, action="finding.read", resource=f"finding/{finding_id}")
    return finding


def image(session: Session, finding_id: UUID, role: str, actor: str) -> ArtifactRef:
    """Where the finding's image of this role is stored. Raises NotFoundError."""
    finding = session.get(Finding, finding_id)
    if finding is None or role not in finding.artifacts:
        raise NotFoundError(f"{role} of a finding")
    detail = {"image": role}
    note_audit(session, actor=actor, action="finding.image_read", resource=f"finding/{finding_id}", detail=detail)
    return ArtifactRef.model_validate(finding.artifacts[role])
