"""Hands selected series over to the platform, and hears how their jobs end."""

from collections.abc import Iterable, Iterator
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.pacs_bridge.arrivals import content_of, open_arrival, representative
from services.pacs_bridge.errors import GatewayRefusedError, PacsGoneError, PatientContradictsError
from services.pacs_bridge.gateway import Accepted
from services.pacs_bridge.orthanc import Instance
from services.pacs_bridge.parts import Parts, due, run_step, step_done
from services.pacs_bridge.person import Person, person_of
from services.pacs_bridge.siblings import revive_same_scan
from shared.contracts.names import Priority
from shared.contracts.states import AlertLevel, EventType, JobState, PacsState
from shared.database.alerts import open_alert
from shared.database.columns import now
from shared.database.journal import note_event
from shared.database.tables import Finding, Job, PacsSeries, Patient
from shared.errors import PlatformError
from shared.observability import metrics
from shared.observability.logs import logger

log = logger(__name__)


def hand_over(parts: Parts) -> None:
    """Send the selected series to the platform."""
    for row in due(parts, PacsState.SELECTED):
        run_step(parts, row, _hand_over, _refuse)


def collect(parts: Parts) -> None:
    """Take note of jobs that have ended; one that was refused may have been tried again since, with success."""
    with parts.database.reading() as session:
        query = (
            select(PacsSeries.id, Job.state)
            .join(Job, Job.id == PacsSeries.job_id)
            .where(PacsSeries.state.in_((PacsState.HANDED_OVER, PacsState.REFUSED)))
            .where(Job.state.in_((JobState.SUCCEEDED, JobState.REFUSED, JobState.FAILED)))
            .where((PacsSeries.state == PacsState.HANDED_OVER) | (Job.state == JobState.SUCCEEDED))
        )
        ended = session.execute(query).all()
    for row_id, job_state in ended:
        if job_state == JobState.SUCCEEDED:
            parts.database.write(partial(_answered, parts=parts, row_id=row_id))
        else:
            parts.database.write(partial(_job_refused, row_id=row_id))
        parts.beat()


def _hand_over(parts: Parts, row: PacsSeries) -> None:
    instances = parts.pacs.instances(row.orthanc_id)
    if not instances:
        raise PacsGoneError("The series was deleted from the PACS before it was fetched; send it again.")
    tags = parts.pacs.tags(representative(instances))
    if content_of(tags, instances) != row.content:
        parts.database.write(lambda session: _make_way(session, row))
        return
    patient_id = _patient(parts, row, person_of(tags))

    def files() -> Iterable[tuple[str, Iterator[bytes]]]:
        for number, instance in enumerate(instances, start=1):
            yield f"IM{number:05d}.dcm", _fetched(parts, row, instance)

    key = f"pacs-{row.content}"
    accepted = parts.gateway.send_study(patient_id, Priority(row.priority), key, files)
    parts.database.write(lambda session: _handed_over(session, row.id, accepted))
    log.info("pacs_series_handed_over", series=str(row.id), job=str(accepted.job_id), instances=len(instances))


def _fetched(parts: Parts, row: PacsSeries, instance: Instance) -> Iterator[bytes]:
    for chunk in parts.pacs.retrieve(row.study_instance_uid, row.series_instance_uid, instance.sop_instance_uid):
        parts.beat()
        yield chunk


def _patient(parts: Parts, row: PacsSeries, person: Person) -> UUID:
    """The platform's patient of this number, taken into care where there is none; noted in ``row``.

    Raises PatientContradictsError where the platform's patient was born on another day.
    """
    if not _is_known(parts, person):
        parts.gateway.add_patient(person)
    with parts.database.reading() as session:
        of_number = Patient.medical_record_number == person.medical_record_number
        patient_id, birth_date = session.execute(select(Patient.id, Patient.birth_date).where(of_number)).one()
    parts.database.write(lambda session: _note_patient(session, row.id, patient_id))
    if birth_date is not None and person.birth_date is not None and birth_date != person.birth_date:
        raise PatientContradictsError
    return patient_id


def _is_known(parts: Parts, person: Person) -> bool:
    with parts.database.reading() as session:
        of_number = Patient.medical_record_number == person.medical_record_number
        return session.scalar(select(Patient.id).where(of_number)) is not None


def _note_patient(session: Session, row_id: UUID, patient_id: UUID) -> None:
    session.get_one(PacsSeries, row_id, with_for_update=True).patient_id = patient_id


def _make_way(session: Session, seen: PacsSeries) -> None:
    """The series has grown: what it was is passed over, what it is now is judged when it comes to rest."""
    step_done(session.get_one(PacsSeries, seen.id, with_for_update=True), PacsState.PASSED_OVER, "series_has_grown")
    open_arrival(session, seen.orthanc_id, now())


def _handed_over(session: Session, row_id: UUID, accepted: Accepted) -> None:
    row = session.get_one(PacsSeries, row_id, with_for_update=True)
    row.study_id, row.job_id = accepted.study_id, accepted.job_id
    step_done(row, PacsState.HANDED_OVER)


def _refuse(parts: Parts, seen: PacsSeries, error: PlatformError) -> None:
    """The series cannot be handed over: told to all who listen, and where its patient is known, as an alert."""
    reason = error.reason if isinstance(error, GatewayRefusedError) else error.code

    def work(session: Session) -> None:
        row = session.get_one(PacsSeries, seen.id, with_for_update=True)
        step_done(row, PacsState.REFUSED, reason[:64])
        note_event(session, EventType.PACS_STUDY_REFUSED, patient_id=row.patient_id, payload={"reasons": [reason]})
        if row.patient_id is not None:
            open_alert(
                session,
                dedupe_key=f"pacs:{row.id}",
                level=AlertLevel.WARNING,
                code="study_not_analysed",
                message=f"A head CT from the PACS was not analysed ({reason}): {error.detail}",
                patient_id=row.patient_id,
            )
        revive_same_scan(session, row)

    parts.database.write(work)


def _answered(session: Session, parts: Parts, row_id: UUID) -> None:
    row = session.get_one(PacsSeries, row_id, with_for_update=True)
    finding = session.scalar(select(Finding).where(Finding.job_id == row.job_id))
    if finding is None:
        return
    row.finding_id = finding.id
    step_done(row, PacsState.ANSWERED if parts.settings.pacs_store_back else PacsState.DONE)
    if row.last_instance_at is not None:
        metrics.PACS_FINDING_SECONDS.observe((finding.created_at - row.last_instance_at).total_seconds())


def _job_refused(session: Session, row_id: UUID) -> None:
    """The worker has told everyone already; here it is noted, and another reconstruction gets its chance."""
    row = session.get_one(PacsSeries, row_id, with_for_update=True)
    job = session.get_one(Job, row.job_id)
    step_done(row, PacsState.REFUSED, job.error_code)
    revive_same_scan(session, row)
