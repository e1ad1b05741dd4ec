"""How long one whole risk takes: ``python -m benchmarks.risk_scoring --help``.

Twice: the inference alone (expansion, outcome, every clinical score and the bedside level, from a record in memory),
and a worker's whole job (claim, reading the record, inference, writing it all) on a SQLite file. The record is that of
a patient with two CTs, ten minutes of pulse at one a second, pressures and behaviour.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tqdm import tqdm

from benchmarks.machine import describe_machine, warn_if_busy
from benchmarks.target import Target
from services.risk_scoring.bedside.state import BedsideState
from services.risk_scoring.pipeline import assess
from services.risk_scoring.record.gathering import gather
from services.risk_scoring.record.patient import PatientRecord
from services.risk_scoring.record.signals import memory_of
from services.risk_scoring.worker import models
from shared.artifacts.store import ArtifactStore
from shared.contracts.vitals import VITALS, VitalKind, VitalSource
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.migrate import migrate
from shared.database.tables import Vital
from shared.observability.logs import configure_logs
from tests.fixtures.risk import RiskPatient, RiskWorker, a_bleed

TARGET_MS = 50.0
_BEATS = 600


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table and JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.risk_scoring", description=__doc__)
    parser.add_argument("--repeats", type=int, default=200, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--report", type=Path, help="write the figures as JSON here too")
    args = parser.parse_args(arguments)
    configure_logs("benchmark", "WARNING")
    machine = describe_machine("numpy", "pydantic", "sqlalchemy")
    warn_if_busy(machine)
    with TemporaryDirectory(prefix="risk-") as directory:
        times = _measure(Path(directory), args.repeats)
    target = Target("inference of a full risk, median, ms", times["inference_ms"]["median"], TARGET_MS, at_most=True)
    report = {"machine": machine, "repeats": args.repeats, **times, "targets": [target.as_json()]}
    if args.report:
        args.report.write_text(json.dumps(report, indent=2) + "\n")
    sys.stdout.write(json.dumps(report, indent=2) + "\n" + target.as_line() + "\n")
    return 0


def _measure(directory: Path, repeats: int) -> dict[str, dict[str, float]]:
    database = Database(f"sqlite:///{directory / 'risk.sqlite3'}")
    migrate(database.engine)
    worker = RiskWorker(database, ArtifactStore(f"file://{directory / 'artifacts'}"))
    patient = _patient(database)
    worker.run(patient.request())  # loads the models, and leaves the prediction that the second CT is held against
    patient.scanned(a_bleed(28, patient.ago(minutes=20)))
    with database.reading() as session:
        record = gather(session, patient.id, now(), memory_of(models().bedside))
    state = BedsideState(patient_id=patient.id)
    inference = _timed(lambda: _infer(record, state), repeats, "inference")
    whole = _timed(lambda: worker.run(patient.request()), repeats, "whole job")
    database.close()
    return {"inference_ms": inference, "whole_job_ms": whole}


def _infer(record: PatientRecord, state: BedsideState) -> object:
    return assess(record, state, models()).report


def _patient(database: Database) -> RiskPatient:
    patient = RiskPatient(database)
    patient.scanned(a_bleed(20, patient.ago(hours=1.5)))
    patient.pressed(175, 95, patient.ago(minutes=15))
    patient.seen("watched", 900, patient.ago(seconds=1))
    patient.seen("headache", 20, patient.ago(minutes=3))
    unit = VITALS[VitalKind.HEART_RATE].unit
    with database.transaction() as session:
        session.add_all(
            Vital(
                patient_id=patient.id,
                device="watch",
                source=VitalSource.WEARABLE,
                kind=VitalKind.HEART_RATE,
                value=70 + second % 20,
                unit=unit,
                quality=0.9,
                measured_at=now() - timedelta(seconds=second),
                device_time=now() - timedelta(seconds=second),
            )
            for second in range(_BEATS)
        )
    return patient


def _timed(work: Callable[[], object], repeats: int, what: str) -> dict[str, float]:
    spent_ms = []
    for _ in tqdm(range(repeats), desc=what):
        began = time.perf_counter()
        work()
        spent_ms.append(1000 * (time.perf_counter() - began))
    median, p95 = np.percentile(spent_ms, [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(p95), 2), "max": round(max(spent_ms), 2)}


if __name__ == "__main__":
    sys.exit(main())
