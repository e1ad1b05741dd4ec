"""``train``: fit the shipped models on a cohort and write their files."""

import argparse
import json
from pathlib import Path
from typing import Any

from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands.options import add_cohort, add_definition, add_seed, definition_of
from services.risk_scoring.scorecard.card import WEIGHTS_FOLDER
from services.risk_scoring.training.nested import Plan
from services.risk_scoring.training.procedure import SPECS, fit_final
from services.risk_scoring.training.shipping import as_scorecard, write_model

HELP = "choose and fit the models on all labelled patients, and write coefficients and manifests"

DATA = (
    "the public tables of the 2023 China graduate mathematical-modelling contest, problem E: {patients} labelled "
    "patients with intracerebral haemorrhage, {events} with the event; one source, no external test"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_cohort(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS_FOLDER, help="folder to write one folder per model to")
    parser.add_argument("--version", default="1.0.0", help="of the models")
    parser.add_argument("--report", type=Path, help="report of `evaluate`, whose figures go into the manifests")
    add_definition(parser)
    add_seed(parser)


def run(args: argparse.Namespace) -> int:
    """Train, and print what each model is made of as JSON."""
    cohort, definition = read_cohort(args.cohort), definition_of(args)
    metrics = json.loads(args.report.read_text())["metrics"] if args.report else {}
    written = {}
    for spec in SPECS:
        design = spec.design(cohort, definition)
        model = fit_final(design, spec, Plan(seed=args.seed))
        card = as_scorecard(model, spec.by_name, spec.levels)
        parts = {candidate.name: round(weight, 4) for weight, candidate in model.blend}
        papers = {
            "data": DATA.format(patients=len(design.patients), events=int(design.events.sum())),
            "definition": spec.describe(definition),
            "procedure": "average of log odds by exp(-patients x cross-validated log loss): "
            + "; ".join(f"{weight:.2f} {name}" for name, weight in parts.items()),
            "figures": figures_of(spec.name, metrics),
        }
        manifest = write_model(card, args.out / spec.name, args.version, papers)
        written[spec.name] = {"weights": parts, "file": manifest.file, "sha256": manifest.sha256}
    print(json.dumps(written, indent=2))
    return 0


def figures_of(name: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """The metrics of one model, without its name in front."""
    return {
        metric.removeprefix(f"{name}_"): value for metric, value in metrics.items() if metric.startswith(f"{name}_")
    }
