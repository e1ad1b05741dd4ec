"""``reproduce-paper``: the paper's figures, the leak that makes them, and what is left without it."""

import argparse
import json
import sys
from pathlib import Path

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands.options import add_cohort, add_definition, add_seed, definition_of
from services.risk_scoring.evaluation.reproduction import reproduce

HELP = "the paper's logistic regression for expansion, oversampled before the split and inside the folds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_cohort(parser)
    parser.add_argument("--report", type=Path, help="file to write the figures to (default: none is written)")
    parser.add_argument("--repeats", type=int, default=10, help="how often to split")
    parser.add_argument("--folds", type=int, default=10, help="folds of every split")
    add_definition(parser)
    add_seed(parser)


def run(args: argparse.Namespace) -> int:
    """Reproduce, print the report as JSON and a table of it on standard error."""
    report = reproduce(read_cohort(args.cohort), definition_of(args), args.repeats, args.folds, args.seed)
    if args.report:
        report.write(args.report)
    print(report.as_table(), file=sys.stderr)
    print(*report.notes, sep="\n", file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0
