"""Series of one study: which are the same scan reconstructed again, and which to take once the study is complete."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from services.pacs_bridge.parts import Parts, due, run_step, step_done
from services.pacs_bridge.selection import Choice
from shared.contracts.states import EventType, PacsState
from shared.database.columns import now
from shared.database.journal import note_event
from shared.database.tables import PacsSeries
from shared.errors import PlatformError

# Reconstructions of one scan name the same moment; a repeated scan comes a minute later at least.
_SAME_SCAN: Final = timedelta(seconds=60)
_ASK_AGAIN: Final = timedelta(seconds=2)
_ON_ITS_WAY: Final = (PacsState.SELECTED, PacsState.HANDED_OVER, PacsState.ANSWERED, PacsState.DONE)


def is_same_scan_on_its_way(session: Session, row: PacsSeries) -> bool:
    """Whether another reconstruction of the same scan is analysed; False where the tags leave that open."""
    query = select(PacsSeries.id).where(_same_scan(row), PacsSeries.state.in_(_ON_ITS_WAY))
    return session.scalar(query.limit(1)) is not None


def revive_same_scan(session: Session, row: PacsSeries) -> None:
    """Select another reconstruction in the place of ``row``, which could not be analysed, if one was passed over."""
    passed_over = (PacsSeries.state == PacsState.PASSED_OVER) & (PacsSeries.reason == "scan_analysed_already")
    query = select(PacsSeries).where(_same_scan(row), passed_over).order_by(PacsSeries.choice, PacsSeries.created_at)
    other = session.scalar(query.limit(1).with_for_update())
    if other is not None:
        step_done(other, PacsState.SELECTED)


def choose(parts: Parts) -> None:
    """Decide about the series that wait for the rest of their study, where that is complete."""
    for row in due(parts, PacsState.WAITING):
        run_step(parts, row, _choose, _pass_over)


def _same_scan(row: PacsSeries) -> ColumnElement[bool]:
    if row.acquired_at is None or not row.frame_of_reference_uid:
        return false()
    return (
        (PacsSeries.orthanc_study_id == row.orthanc_study_id)
        & (PacsSeries.orthanc_id != row.orthanc_id)
        & (PacsSeries.frame_of_reference_uid == row.frame_of_reference_uid)
        & PacsSeries.acquired_at.between(row.acquired_at - _SAME_SCAN, row.acquired_at + _SAME_SCAN)
    )


def _choose(parts: Parts, row: PacsSeries) -> None:
    study = parts.pacs.study(row.orthanc_study_id)
    patience = timedelta(seconds=parts.settings.pacs_patience_s)

    def work(session: Session) -> None:
        if study.is_stable and _are_judged(session, study.series, unheard_count=now() < row.created_at + patience):
            _decide(session, row)
        else:
            session.get_one(PacsSeries, row.id, with_for_update=True).due_at = now() + _ASK_AGAIN

    parts.database.write(work)


def _are_judged(session: Session, series: Sequence[str], unheard_count: bool) -> bool:
    """Whether none of the study's series is still to be judged; ``unheard_count``: nor any still to be heard of."""
    rows = session.execute(
        select(PacsSeries.orthanc_id, PacsSeries.state).where(PacsSeries.orthanc_id.in_(series))
    ).all()
    if any(state == PacsState.ARRIVING for _, state in rows):
        return False
    return not unheard_count or {orthanc_id for orthanc_id, _ in rows} >= set(series)


def _decide(session: Session, seen: PacsSeries) -> None:
    """Decide about the whole study at once, in the order of preference."""
    of_study = PacsSeries.orthanc_study_id == seen.orthanc_study_id
    waiting = session.scalars(
        select(PacsSeries)
        .where(of_study, PacsSeries.state == PacsState.WAITING)
        .order_by(PacsSeries.choice, PacsSeries.instances.desc(), PacsSeries.id)
        .with_for_update()
    ).all()
    reasons = {str(row.reason) for row in waiting} - {"localizer"}  # alone, it only comes before the rest
    for row in waiting:
        if row.choice == Choice.SECOND and is_same_scan_on_its_way(session, row):
            step_done(row, PacsState.PASSED_OVER, "scan_analysed_already")
        elif row.choice == Choice.SECOND or (row.choice == Choice.LAST and not _is_anything_taken(session, of_study)):
            step_done(row, PacsState.SELECTED)
        else:
            step_done(row, PacsState.PASSED_OVER, row.reason)
        session.flush()
    if reasons and not _is_anything_taken(session, of_study):
        note_event(session, EventType.PACS_STUDY_REFUSED, payload={"reasons": sorted(reasons)})


def _is_anything_taken(session: Session, of_study: ColumnElement[bool]) -> bool:
    """Whether any series of the study is, or was, handed over or will be."""
    query = select(func.count()).select_from(PacsSeries)
    return bool(session.scalar(query.where(of_study, PacsSeries.state.in_((*_ON_ITS_WAY, PacsState.REFUSED)))))


def _pass_over(parts: Parts, seen: PacsSeries, error: PlatformError) -> None:
    def work(session: Session) -> None:
        row = session.get_one(PacsSeries, seen.id, with_for_update=True)
        step_done(row, PacsState.PASSED_OVER, error.code)

    parts.database.write(work)
