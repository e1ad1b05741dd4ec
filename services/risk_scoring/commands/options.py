"""Options that several commands share."""

import argparse
import os
from pathlib import Path

from services.risk_scoring.expansion.definition import ExpansionDefinition


def add_cohort(parser: argparse.ArgumentParser) -> None:
    """The cohort's folder."""
    parser.add_argument(
        "--cohort",
        type=Path,
        required=True,
        help="folder with patients.csv, imaging.csv, radiomics_haematoma.csv and radiomics_oedema.csv",
    )


def add_definition(parser: argparse.ArgumentParser) -> None:
    """What counts as expansion."""
    usual = ExpansionDefinition()
    parser.add_argument("--absolute-ml", type=float, default=usual.absolute_ml, help="growth that is an expansion, mL")
    parser.add_argument(
        "--relative", type=float, default=usual.relative, help="the same as a share of the first volume"
    )
    parser.add_argument(
        "--within-hours", type=float, default=usual.within_h, help="hours after onset that are looked at"
    )
    parser.add_argument("--strict", action="store_true", help="growth must exceed the threshold, not only reach it")
    parser.add_argument("--both", action="store_true", help="ask for both thresholds instead of either")


def definition_of(args: argparse.Namespace) -> ExpansionDefinition:
    """The definition that the options ask for. Raises RiskInputError where a threshold is not above 0."""
    return ExpansionDefinition(args.absolute_ml, args.relative, args.within_hours, not args.strict, args.both)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """How many processes work."""
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes; they change no figure")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Where everything random comes from."""
    parser.add_argument("--seed", type=int, default=2026, help="of every random choice")
