"""``predict``: the shipped models on every patient of a cohort."""

import argparse
import csv
import json
import sys
from pathlib import Path

from services.risk_scoring.cohort.inputs import admission_inputs
from services.risk_scoring.cohort.reading import read_cohort
from services.risk_scoring.commands.options import add_cohort
from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.expansion.predict import ADMISSION_MODEL as EXPANSION_MODEL
from services.risk_scoring.expansion.predict import predict_expansion
from services.risk_scoring.outcome.predict import ADMISSION_MODEL as OUTCOME_MODEL
from services.risk_scoring.outcome.predict import predict_outcome
from services.risk_scoring.scorecard.card import WEIGHTS_FOLDER, load_model

HELP = "P(expansion) and the expected mRS of every patient with an admission exam, from what was known then"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_cohort(parser)
    parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder of the models")


def run(args: argparse.Namespace) -> int:
    """Write a line per patient; print as JSON which models answered, and who could not be scored and why."""
    expansion, outcome = load_model(EXPANSION_MODEL, args.weights), load_model(OUTCOME_MODEL, args.weights)
    cohort = read_cohort(args.cohort)
    admitted = [patient for patient in cohort.patients if patient.exams]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    refused, imputed = {}, {}
    with args.out.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["patient_id", "expansion_probability", "mrs_predicted"])
        for patient in admitted:
            inputs = admission_inputs(patient)
            try:
                growth, mrs = predict_expansion(inputs, expansion), predict_outcome(inputs, outcome)
            except RiskInputError as error:
                refused[patient.patient_id] = error.detail
                writer.writerow([patient.patient_id, "", ""])
                continue
            if growth.missing or mrs.missing:
                imputed[patient.patient_id] = sorted({*growth.missing, *mrs.missing})
            writer.writerow([patient.patient_id, f"{growth.probability:.6f}", mrs.mrs])
    for warning in cohort.warnings:
        print(warning, file=sys.stderr)
    models = {model.manifest.name: model.manifest.version for model in (expansion, outcome)}
    print(json.dumps({"models": models, "patients": len(admitted), "refused": refused, "imputed": imputed}, indent=2))
    return 0
