"""The record of who did what."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.address import API
from gateway.audit import service
from gateway.audit.schemas import AuditEntry, AuditPage, AuditVerification
from gateway.auth.access import Administrator
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems

router = APIRouter(prefix=f"{API}/audit", tags=["audit"])


@router.get("", responses=problems())
def list_audit(
    _: Administrator,
    platform: ThePlatform,
    paging: ThePaging,
    actor: Annotated[str | None, Query(max_length=64)] = None,
    resource: Annotated[str | None, Query(max_length=128, description="kind/id")] = None,
) -> AuditPage:
    """Audit entries, newest first."""
    with platform.database.reading() as session:
        rows, cursor = service.list_entries(session, actor, resource, paging)
    return AuditPage(items=[AuditEntry.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/verification", responses=problems())
def verify_audit(_: Administrator, platform: ThePlatform) -> AuditVerification:
    """Whether the audit is as it was written: the whole chain of hashes is computed again."""
    with platform.database.reading() as session:
        return service.verify(session)
