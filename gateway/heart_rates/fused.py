"""Reading a patient's heart rate from all devices."""

from datetime import timedelta
from uuid import UUID

from gateway.heart_rates.fused_schemas import FusedPoint, PatientHeartRate
from gateway.patients.service import existing
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.heart_rates import measured_since
from shared.database.journal import note_audit
from shared.physiology.heart_rate import fused_by_minute


def of_patient(database: Database, patient_id: UUID, hours: float, actor: str) -> PatientHeartRate:
    """The patient's heart rate of the last ``hours``, minute by minute. Raises NotFoundError.

    Read outside the transaction that puts it on record: a day of many values takes a second, for which SQLite would
    let nobody else write.
    """
    with database.reading() as session:
        existing(session, patient_id)
        measured = measured_since(session, patient_id, now() - timedelta(hours=hours))
        points = [FusedPoint.model_validate(point) for point in fused_by_minute(measured)]
    resource = f"patient/{patient_id}"
    database.write(lambda session: note_audit(session, actor=actor, action="heart_rate.read", resource=resource))
    return PatientHeartRate(latest=points[-1] if points else None, points=points)
