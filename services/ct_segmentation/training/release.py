"""From a finished run to the shipped files: export, choose thresholds, compress, choose by validation, measure."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from services.ct_segmentation.evaluation.evaluate import evaluate
from services.ct_segmentation.network import HaemorrhageNetwork, NetworkManifest
from services.ct_segmentation.training.composed.cache import validation_scans
from services.ct_segmentation.training.compression import quantize_int8, store_as_halves
from services.ct_segmentation.training.framed_slices import TYPES, FramedSlices, framed_slices
from services.ct_segmentation.training.loop import Network, trained_network
from services.ct_segmentation.training.onnx_graph import ServedNetwork, export_onnx
from services.ct_segmentation.training.phe_sich import PheSichArchive
from services.ct_segmentation.training.splits import read_split
from services.ct_segmentation.training.thresholds import OperatingPoints, choose_thresholds
from services.ct_segmentation.training.type_calibration import TypeCalibration, calibrate_types
from services.ct_segmentation.training.validation import type_logits
from shared.inference.manifest import MANIFEST_NAME, sha256_of

MODEL_NAME = "deep_hemorrhage_net"
# Eight bits are shipped while they cost at most this much haematoma Dice on validation patients.
TOLERATED_DICE_LOSS = 0.01
CALIBRATION_SLICES = 96
# Learnt from real slices; the other types need composed ones.
REAL_TYPES = TYPES[:2]


@dataclass(frozen=True)
class Release:
    """What a release is made of, and where it goes."""

    run: Path
    data: Path
    cache: Path
    splits: Path
    weights: Path
    version: str
    threads: int | None = None
    composed: Path | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """The types that this release was taught."""
        return TYPES if self.composed is not None else REAL_TYPES


def release(plan: Release) -> dict[str, Any]:
    """Export the run's averaged weights and ship the smallest graph that keeps its accuracy; the figures of all.

    Precision and thresholds are chosen on validation patients; the test patients are looked at once, at the end.
    """
    data = framed_slices(plan.data, plan.cache)
    training = data.of(read_split("train", plan.splits))
    exact = _folder(plan, "fp32")
    network = trained_network(plan.run)
    calibration = _calibrated(plan, network, data.of(read_split("validation", plan.splits)))
    export_onnx(ServedNetwork(network, calibration), exact / "model.onnx")

    compressed = _folder(plan, "int8")
    quantize_int8(exact / "model.onnx", compressed / "model.onnx", calibration_slices(training))
    validated = {"fp32": _validate(plan, exact), "int8": _validate(plan, compressed)}
    chosen = "int8"
    if validated["fp32"].dice["haematoma"] - validated["int8"].dice["haematoma"] > TOLERATED_DICE_LOSS:
        chosen = "fp16"
        store_as_halves(exact / "model.onnx", _folder(plan, chosen) / "model.onnx")
        validated[chosen] = _validate(plan, _folder(plan, chosen))

    figures: dict[str, Any] = {"validation_dice": {name: points.dice for name, points in validated.items()}}
    for precision in ("fp32", chosen):
        folder = _folder(plan, precision)
        _write_manifest(plan, folder, precision, validated[precision], {})
        report = evaluate(_open(plan, folder), plan.data, read_split("test", plan.splits))
        report.write(plan.run / f"test-{precision}.json")
        figures[f"test_{precision}"] = report.as_json()["metrics"]
    _ship(plan, chosen, validated[chosen], figures)
    return {"shipped": chosen, "thresholds": validated[chosen].thresholds, **figures}


def calibration_slices(training: FramedSlices) -> NDArray[np.uint8]:
    """A fixed draw of training slices between their neighbours, half of them with lesions: (N, 3, 256, 256)."""
    rng = np.random.default_rng(0)
    half = CALIBRATION_SLICES // 2
    groups = (np.flatnonzero(training.lesion), np.flatnonzero(~training.lesion))
    chosen = np.concatenate([rng.choice(group, min(half, len(group)), replace=False) for group in groups])
    return np.stack([training.triplet(index) for index in chosen])


def _calibrated(plan: Release, network: Network, real: FramedSlices) -> TypeCalibration:
    sets = [real] if plan.composed is None else [real, validation_scans(plan.composed)]
    return calibrate_types([(data, type_logits(network, data)) for data in sets])


def _validate(plan: Release, folder: Path) -> OperatingPoints:
    """Thresholds and Dice of one graph on the validation patients."""
    undecided = dict.fromkeys(("haematoma", "oedema", *plan.types), 0.5)
    _write_manifest(plan, folder, folder.name, OperatingPoints(undecided, {}), {})
    patients = read_split("validation", plan.splits)
    composed = validation_scans(plan.composed) if plan.composed is not None else None
    scans = len(patients) + (len(set(composed.stacks.tolist())) if composed is not None else 0)
    with tqdm(total=scans, desc=f"validating {folder.name}", unit="scan") as bar:
        return choose_thresholds(
            _open(plan, folder), PheSichArchive(plan.data), patients, composed, lambda: bar.update() and None
        )


def _ship(plan: Release, precision: str, points: OperatingPoints, figures: dict[str, Any]) -> None:
    """Copy the chosen graph to the weights folder, in place of the one before."""
    plan.weights.mkdir(parents=True, exist_ok=True)
    for old in plan.weights.glob("*.onnx"):
        old.unlink()
    target = plan.weights / f"{MODEL_NAME}-{plan.version}-{precision}.onnx"
    shutil.copyfile(_folder(plan, precision) / "model.onnx", target)
    _write_manifest(plan, plan.weights, precision, points, figures, target.name)


def _write_manifest(
    plan: Release,
    folder: Path,
    precision: str,
    points: OperatingPoints,
    figures: dict[str, Any],
    file: str = "model.onnx",
) -> None:
    manifest = NetworkManifest(
        name=MODEL_NAME,
        version=f"{plan.version}+{precision}",
        file=file,
        sha256=sha256_of(folder / file),
        size_bytes=(folder / file).stat().st_size,
        licence="Apache-2.0 for the weights as a work of this project; the training data keep their own terms",
        data="PHE-SICH-CT-IDS, training patients of training/splits/train.txt"
        + ("; scans composed from CQ500-CT-0, HemSeg masks and bleed-free training slices" if plan.composed else ""),
        input="slices: float32 (B, 3, 256, 256), a slice between its neighbours, 0..80 HU as 0..1, framed, nose up",
        output="masks: float32 (B, 2, 256, 256), P(haematoma), P(oedema); types: float32 (B, 6), "
        "P(any, IPH, IVH, SAH, SDH, EDH), of which only the trained types are meaningful",
        figures=figures,
        thresholds=points.thresholds,
        types=plan.types,
    )
    (folder / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n")


def _open(plan: Release, folder: Path) -> HaemorrhageNetwork:
    return HaemorrhageNetwork.load(folder, threads=plan.threads)


def _folder(plan: Release, precision: str) -> Path:
    folder = plan.run / precision
    folder.mkdir(parents=True, exist_ok=True)
    return folder
