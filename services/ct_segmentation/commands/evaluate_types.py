"""``evaluate-types``: the shipped model where types, exact masks or millimetres are known."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from services.ct_segmentation.evaluation.studies.composed import (
    NOTE,
    observe_stacks,
    observe_volume,
    volumes_by_kind,
)
from services.ct_segmentation.evaluation.studies.evaluate import by_patient, observe_dataset, report_on_studies
from services.ct_segmentation.evaluation.studies.observation import StudyObservation
from services.ct_segmentation.evaluation.studies.pictures import draw_study_pictures, draw_volumes
from services.ct_segmentation.evaluation.studies.volume_figures import add_volume_figures
from services.ct_segmentation.network import WEIGHTS_FOLDER, HaemorrhageNetwork
from services.ct_segmentation.training.composed.cache import read_slices
from services.ct_segmentation.training.datasets.labelled_study import LeftOut
from services.ct_segmentation.training.datasets.registry import DATASETS, open_dataset
from services.ct_segmentation.training.phe_sich import read_patient_list
from shared.evaluation.report import EvaluationReport

HELP = "figures by type, in mL and in mm, on a public data set or on composed scans"
VOLUMES = "volumes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--composed", type=Path, help="folder that `compose` wrote: generated data")
    source.add_argument("--dataset", choices=sorted(DATASETS), help="public set, unpacked to --data")
    parser.add_argument("--part", default="test", help="part of --composed whose slices are used")
    parser.add_argument("--data", type=Path, help="folder of --dataset")
    parser.add_argument("--patients", type=Path, help="list of patients of --dataset, one id a line")
    parser.add_argument("--report", type=Path, default=Path("types-report.json"), help="file to write the figures to")
    parser.add_argument("--figures", type=Path, help="folder to draw pictures into (default: none are drawn)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS_FOLDER, help="folder with manifest and model file")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all that the process may use)")


def run(args: argparse.Namespace) -> int:
    """Evaluate, draw, print the report as JSON and a table of it on standard error."""
    network = HaemorrhageNetwork.load(args.weights, threads=args.threads)
    report = _composed(args, network) if args.composed else _public(args, network)
    report.write(args.report)
    print(report.as_table(), file=sys.stderr)
    print(json.dumps(report.as_json(), indent=2))
    return 0


def _composed(args: argparse.Namespace, network: HaemorrhageNetwork) -> EvaluationReport:
    """Types by the framed slices of a part; mL and mm by the whole volumes, each kind of slice for itself."""
    data = read_slices(args.composed / args.part)
    scans = _shown(observe_stacks(data, network), len(set(data.stacks.tolist())), "composed scans")
    about = {"dataset": f"composed scans, {args.part}", "generated": True}
    report = report_on_studies(network, scans, about, [NOTE])
    _draw(args, network, scans, f"GENERATED DATA (composed scans, {args.part})")
    for kind, names in volumes_by_kind(args.composed / VOLUMES).items():
        found = (observe_volume(args.composed / VOLUMES, name, network) for name in names)
        studies = _shown(found, len(names), f"{kind} volumes")
        add_volume_figures(report, by_patient(studies), f"{kind}_")
        if args.figures:
            sizes = [study.size for study in studies if study.size is not None]
            draw_volumes(sizes, args.figures / f"volumes_{kind}.png", f"GENERATED DATA (composed scans, {kind})")
    return report


def _public(args: argparse.Namespace, network: HaemorrhageNetwork) -> EvaluationReport:
    dataset = open_dataset(args.dataset, args.data or Path())
    chosen = dataset.of(read_patient_list(args.patients)) if args.patients else list(dataset.studies)
    left_out: list[LeftOut] = []
    studies = _shown(observe_dataset(dataset, chosen, network, left_out), len(chosen), args.dataset)
    skipped = {one.item: one.code for one in (*dataset.left_out, *left_out)}
    report = report_on_studies(network, studies, {"dataset": args.dataset, "left_out": skipped}, [])
    _draw(args, network, studies, f"{args.dataset}, {len(studies)} studies")
    return report


def _shown(studies: Iterable[StudyObservation], total: int, what: str) -> list[StudyObservation]:
    return list(tqdm(studies, total=total, desc=what, unit="scan"))


def _draw(args: argparse.Namespace, network: HaemorrhageNetwork, studies: list[StudyObservation], note: str) -> None:
    if args.figures:
        under = f"{note}; {network.name} {network.version}"
        types = network.manifest.types
        for picture in draw_study_pictures(studies, network.thresholds, types, under, args.figures):
            print(f"drew {picture}", file=sys.stderr)
