"""``evaluate``: how good every model is on patients it has not seen."""

import argparse
import json
import sys
from pathlib import Path

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands.options import add_cohort, add_definition, add_jobs, add_seed, definition_of
from services.risk_scoring.evaluation.external import add_external
from services.risk_scoring.evaluation.nested_report import evaluate
from services.risk_scoring.evaluation.pictures import draw_pictures
from services.risk_scoring.training.nested import Plan

HELP = "nested cross-validation of expansion and outcome models, with 95 % intervals over patients"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_cohort(parser)
    parser.add_argument("--report", type=Path, default=Path("report.json"), help="file to write the figures to")
    parser.add_argument("--test-cohort", type=Path, help="another folder of the same tables, to judge on as well")
    parser.add_argument("--figures", type=Path, help="folder to draw pictures into (default: none are drawn)")
    parser.add_argument("--quick", action="store_true", help="2 repeats and one inner one: a look, not a result")
    add_definition(parser)
    add_seed(parser)
    add_jobs(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the report as JSON and a table of it on standard error."""
    plan = Plan(seed=args.seed, jobs=args.jobs)
    if args.quick:
        plan = Plan(repeats=2, inner_repeats=1, seed=args.seed, jobs=args.jobs)
    definition = definition_of(args)
    cohort = read_cohort(args.cohort)
    test = read_cohort(args.test_cohort) if args.test_cohort else None
    report, results = evaluate(cohort, definition, plan)
    if test is not None:
        add_external(report, cohort, test, definition, plan)
    report.write(args.report)
    if args.figures:
        for picture in draw_pictures(results, args.figures):
            print(f"drew {picture}", file=sys.stderr)
    print(report.as_table(), file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0
