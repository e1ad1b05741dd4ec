"""Results of finished work, with their files."""

from fastapi import APIRouter

from gateway.address import API
from gateway.auth.access import Anyone
from gateway.findings import service
from gateway.findings.schemas import FILES, Finding, FindingPage
from gateway.paging import ThePaging
from gateway.platform import ThePlatform
from gateway.problems import problems
from gateway.served_files import serve_files
from gateway.text import PathId

router = APIRouter(prefix=API, tags=["findings"])


@router.get("/studies/{id}/findings", responses=problems(404))
def list_study_findings(study_id: PathId, user: Anyone, platform: ThePlatform, paging: ThePaging) -> FindingPage:
    """All findings of a study, newest first: trying a job again adds one."""
    rows, cursor = platform.database.write(lambda session: service.of_study(session, study_id, paging, user.actor))
    return FindingPage(items=[Finding.of(row) for row in rows], next_cursor=cursor)


@router.get("/findings/{id}", responses=problems(404))
def get_finding(finding_id: PathId, user: Anyone, platform: ThePlatform) -> Finding:
    """One finding; reading it is audited."""
    return platform.database.write(lambda session: Finding.of(service.read(session, finding_id, user.actor)))


serve_files(router, "finding", FILES, service.image)
