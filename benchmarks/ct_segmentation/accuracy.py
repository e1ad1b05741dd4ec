"""What eight bits cost in Dice, patient by patient."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.evaluate import observe_heads
from services.ct_segmentation.network import HaemorrhageNetwork
from shared.evaluation.bootstrap import bootstrap_mean

MASKS = ("haematoma", "oedema")


def compare_dice(
    eight_bit: Path, exact: Path, data: Path, patients: Sequence[str] | None, threads: int
) -> dict[str, Any]:
    """Mean volume Dice over ``patients`` of the models in two folders, and the mean loss with its 95 % interval.

    Each model is judged at its own thresholds, as it would be shipped. The interval is over patients, of the
    difference within each: both see the same slices.
    """
    dice = {name: _dice(folder, data, patients, threads) for name, folder in (("int8", eight_bit), ("fp32", exact))}
    answer: dict[str, Any] = {"patients": len(dice["int8"])}
    for index, mask in enumerate(MASKS):
        columns = {name: values[:, index] for name, values in dice.items()}
        loss = bootstrap_mean(columns["fp32"] - columns["int8"])
        answer[mask] = {
            **{name: round(float(values.mean()), 5) for name, values in columns.items()},
            "loss": {key: round(value, 5) for key, value in asdict(loss).items()},
        }
    return answer


def _dice(folder: Path, data: Path, patients: Sequence[str] | None, threads: int) -> NDArray[np.float64]:
    """Volume Dice, (patients, masks)."""
    heads = observe_heads(HaemorrhageNetwork.load(folder, threads=threads), data, patients)
    return np.array([[getattr(head, mask).volume_dice for mask in MASKS] for head in heads])
