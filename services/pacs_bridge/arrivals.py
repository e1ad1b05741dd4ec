"""Hears what arrives in the PACS, and judges each series once it has come to rest."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.pacs_bridge.errors import PacsGoneError
from services.pacs_bridge.orthanc import Change, Instance, Series, Tags
from services.pacs_bridge.parts import Parts, due, run_step, step_done
from services.pacs_bridge.selection import Choice, Verdict, acquired_at, is_ct, judge, priority_of
from services.pacs_bridge.siblings import is_same_scan_on_its_way
from shared.contracts.states import PacsState
from shared.database.columns import now
from shared.database.tables import PacsCursor, PacsObject, PacsSeries
from shared.errors import PlatformError
from shared.observability import metrics
from shared.observability.logs import logger

log = logger(__name__)

# Orthanc's ChangeType. The second is lost where Orthanc is restarted within its StableAge (seen with 1.10.1), so the
# first one sets a time at which the series is asked after.
_BEGUN: Final = "NewSeries"
_COMPLETE: Final = "StableSeries"
# Passed over at once; the other reasons wait until the study shows whether anything of it is analysed.
_OF_NO_CONCERN: Final = frozenset({"own_result", "not_ct_images", "received_too_long_ago"})


def listen(parts: Parts) -> None:
    """Take in the changes since the last time; what is taken in and how far is one transaction."""
    last = _last_change(parts)
    while changes := parts.pacs.changes(last):
        parts.database.write(partial(_take_in, parts=parts, changes=changes))
        last = changes[-1].number
        parts.beat()
    if last and parts.pacs.newest_change() < last:
        log.warning("pacs_set_up_afresh")
        parts.database.write(partial(_set_cursor, url=parts.pacs.url, last=0))


def settle(parts: Parts) -> None:
    """Judge the series that have come to rest."""
    for row in due(parts, PacsState.ARRIVING):
        run_step(parts, row, _settle, _forget)


def content_of(tags: Tags, instances: Iterable[Instance]) -> str:
    """What a series holds, as one digest. A SOP instance never changes under its UID, so the UIDs say it all."""
    uids = sorted(instance.sop_instance_uid for instance in instances)
    named = [str(tags.get("StudyInstanceUID", "")), str(tags.get("SeriesInstanceUID", "")), *uids]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()


def representative(instances: Sequence[Instance]) -> Instance:
    """The instance whose tags speak for the series: the middle one, as a localizer comes first."""
    return instances[len(instances) // 2]


def open_arrival(session: Session, orthanc_id: str, due_at: datetime) -> None:
    """Note that a series arrives, to be looked at when ``due_at`` comes, or earlier where it was noted so before."""
    arriving = (PacsSeries.orthanc_id == orthanc_id) & (PacsSeries.content == "")
    row = session.scalar(select(PacsSeries).where(arriving).with_for_update())
    if row is None:
        session.add(PacsSeries(orthanc_id=orthanc_id, due_at=due_at))
    else:
        row.due_at = min(row.due_at, due_at)


def _last_change(parts: Parts) -> int:
    with parts.database.reading() as session:
        return session.scalar(select(PacsCursor.last_change).where(PacsCursor.url == parts.pacs.url)) or 0


def _take_in(session: Session, parts: Parts, changes: Sequence[Change]) -> None:
    patience = timedelta(seconds=parts.settings.pacs_patience_s)
    for change in changes:
        if change.kind == _BEGUN:
            open_arrival(session, change.orthanc_id, now() + patience)
        elif change.kind == _COMPLETE:
            open_arrival(session, change.orthanc_id, now())
    _set_cursor(session, parts.pacs.url, changes[-1].number)


def _set_cursor(session: Session, url: str, last: int) -> None:
    session.merge(PacsCursor(url=url, last_change=last))


def _settle(parts: Parts, row: PacsSeries) -> None:
    series = parts.pacs.series(row.orthanc_id)
    if not series.is_stable:
        later = now() + timedelta(seconds=parts.settings.pacs_patience_s)
        parts.database.write(partial(_look_again, row_id=row.id, later=later))
        return
    instances = parts.pacs.instances(row.orthanc_id)
    if not instances:
        raise PacsGoneError("The series holds nothing any more.")
    tags = parts.pacs.tags(representative(instances))
    rest = partial(_record, parts=parts, row_id=row.id, series=series, instances=instances, tags=tags)
    parts.database.write(rest)


def _look_again(session: Session, row_id: UUID, later: datetime) -> None:
    session.get_one(PacsSeries, row_id, with_for_update=True).due_at = later


def _forget(parts: Parts, row: PacsSeries, _error: PlatformError) -> None:
    """The series was deleted before anything was known of it."""
    parts.database.write(lambda session: session.delete(session.get_one(PacsSeries, row.id)))


def _record(
    session: Session, parts: Parts, row_id: UUID, series: Series, instances: Sequence[Instance], tags: Tags
) -> None:
    row = session.get_one(PacsSeries, row_id, with_for_update=True)
    content = content_of(tags, instances)
    known = (PacsSeries.orthanc_id == row.orthanc_id) & (PacsSeries.content == content)
    if session.scalar(select(PacsSeries.id).where(known)) is not None:
        session.delete(row)  # told again of what is taken in already
        return
    row.content, row.instances = content, len(instances)
    row.orthanc_study_id, row.last_instance_at = series.orthanc_study_id, series.last_instance_at
    row.study_instance_uid = str(tags.get("StudyInstanceUID", ""))
    row.series_instance_uid = str(tags.get("SeriesInstanceUID", ""))
    row.frame_of_reference_uid = str(tags.get("FrameOfReferenceUID", ""))
    row.acquired_at = acquired_at(tags)
    row.priority = priority_of(tags, series.caller, parts.settings)
    verdict = _verdict(session, parts, row, instances, tags)
    row.choice = verdict.choice
    metrics.PACS_SERIES.labels("seen").inc()
    if verdict.choice is Choice.FIRST and is_same_scan_on_its_way(session, row):
        step_done(row, PacsState.PASSED_OVER, "scan_analysed_already")
    elif verdict.choice is Choice.FIRST:
        step_done(row, PacsState.SELECTED)
    elif verdict.reason in _OF_NO_CONCERN:
        step_done(row, PacsState.PASSED_OVER, verdict.reason)
    else:
        step_done(row, PacsState.WAITING, verdict.reason)


def _verdict(session: Session, parts: Parts, row: PacsSeries, instances: Sequence[Instance], tags: Tags) -> Verdict:
    ours = select(PacsObject.sop_instance_uid).where(PacsObject.series_instance_uid == row.series_instance_uid)
    if session.scalar(ours.limit(1)) is not None:
        return Verdict(Choice.NEVER, "own_result")
    if not is_ct(tags):
        return Verdict(Choice.NEVER, "not_ct_images")
    oldest = now() - timedelta(hours=parts.settings.pacs_max_age_hours)
    if row.last_instance_at is not None and row.last_instance_at < oldest:
        return Verdict(Choice.NEVER, "received_too_long_ago")
    return judge(tags, instances, parts.settings.pacs_head_words)
