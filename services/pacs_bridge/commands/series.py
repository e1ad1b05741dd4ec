"""``series``: what became of the series that arrived last, without anything of a patient."""

import argparse
import json
import sys

from sqlalchemy import select

from shared.contracts.states import PacsState
from shared.database.engine import Database
from shared.database.tables import PacsSeries
from shared.settings import settings

HELP = "show what became of the latest series, as JSON lines, newest first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--limit", type=int, default=20, help="how many at most")
    parser.add_argument("--state", type=PacsState, choices=list(PacsState), help="only those in this state")
    parser.add_argument("--study", metavar="UID", help="only those of this DICOM study")


def run(args: argparse.Namespace) -> int:
    """Print the rows."""
    query = select(PacsSeries).order_by(PacsSeries.created_at.desc()).limit(args.limit)
    if args.state is not None:
        query = query.where(PacsSeries.state == args.state)
    if args.study is not None:
        query = query.where(PacsSeries.study_instance_uid == args.study)
    database = Database(settings().resolved_database_url)
    with database.reading() as session:
        for row in session.scalars(query):
            sys.stdout.write(json.dumps(_shown(row), default=str) + "\n")
    database.close()
    return 0


def _shown(row: PacsSeries) -> dict[str, object]:
    return {
        "state": row.state,
        "reason": row.reason,
        "priority": row.priority,
        "instances": row.instances,
        "last_instance_at": row.last_instance_at,
        "failures": row.failures,
        "study_instance_uid": row.study_instance_uid,
        "series_instance_uid": row.series_instance_uid,
        "study_id": row.study_id,
        "job_id": row.job_id,
        "finding_id": row.finding_id,
    }
