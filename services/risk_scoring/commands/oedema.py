"""``oedema``: the course of the oedema over all exams: curves, outliers, groups, held-out errors, treatments."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands.options import add_cohort, add_seed
from services.risk_scoring.oedema_course.training.curves import curves_of
from services.risk_scoring.oedema_course.training.exam_table import exam_table
from services.risk_scoring.oedema_course.training.patients import patients_of
from services.risk_scoring.oedema_course.training.pictures import draw_pictures
from services.risk_scoring.oedema_course.training.report import report_on
from services.risk_scoring.oedema_course.training.shipping import ship
from services.risk_scoring.oedema_course.training.study import STEPS, study_oedema

HELP = "oedema volumes over time: the paper's polynomials beside a mixed model, on patients left out"
_PATIENTS = "patients.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_cohort(parser)
    parser.add_argument("--report", type=Path, default=Path("oedema-report.json"), help="file to write the figures to")
    parser.add_argument(
        "--figures", type=Path, help=f"folder for pictures and {_PATIENTS} with exams and residuals (default: none)"
    )
    parser.add_argument("--curves", type=Path, help="file for what the gateway serves of the cohort (default: none)")
    parser.add_argument("--ship", type=Path, help="folder to write the models of all patients to (default: none)")
    parser.add_argument("--version", default="1.0.0", help="of the models that --ship writes")
    add_seed(parser)


def run(args: argparse.Namespace) -> int:
    """Study, print the report as JSON and a table of it on standard error."""
    table = exam_table(read_cohort(args.cohort))
    with tqdm(total=STEPS, desc="fits", unit="fit", file=sys.stderr) as bar:
        study = study_oedema(table, args.seed, bar.update)
    report = report_on(study)
    report.write(args.report)
    if args.figures:
        for picture in draw_pictures(study, args.figures):
            print(f"drew {picture}", file=sys.stderr)
        (args.figures / _PATIENTS).write_text(json.dumps(patients_of(study), indent=1) + "\n")
    if args.curves:
        args.curves.write_text(curves_of(study, report).model_dump_json(indent=1) + "\n")
    if args.ship:
        for manifest in ship(study, report, args.ship, args.version):
            print(f"wrote {manifest.name} {manifest.version}", file=sys.stderr)
    print(report.as_table(), file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0
