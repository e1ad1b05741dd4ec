"""What each part of the imbalance module is worth: one short training with all of them, and one with each turned off.

Same seed, data, steps and batches for all. The plain U-Net runs among them: what a network of another make reaches
in the same time. One seed and a short run rank what helps soon; they say nothing of what a long training makes of it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from services.ct_segmentation.training.config import TrainingConfig
from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.imbalance.config import PARTS
from services.ct_segmentation.training.loop import train, trained_network
from services.ct_segmentation.training.validation import validated_with_intervals
from shared.evaluation.estimate import Estimate

ALL: Final = "all parts"
NONE: Final = "no part"
PEER: Final = "plain U-Net, no part"
_FIGURES: Final = "figures.json"


@dataclass(frozen=True)
class AblationData:
    """What every variant learns from, and what it is judged by; composed scans are generated data."""

    real: FramedSlices
    composed: FramedSlices | None
    real_validation: FramedSlices
    composed_validation: FramedSlices | None


def variants(config: TrainingConfig) -> dict[str, TrainingConfig]:
    """The configuration as it is, with each part off, with all of them off, and that for the plain U-Net."""
    plain = replace(config, imbalance=config.imbalance.plain())
    return {
        ALL: config,
        **{f"without {part}": replace(config, imbalance=config.imbalance.without(part)) for part in PARTS},
        NONE: plain,
        PEER: replace(plain, network="plain_unet"),
    }


def ablate(
    data: AblationData,
    config: TrainingConfig,
    folder: Path,
    chosen: Sequence[str],
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Train the ``chosen`` variants, each in its own run under ``folder``, and compare them.

    A variant that has its figures already is not trained again; one that was killed goes on from its checkpoint.
    """
    table = {}
    for name, variant in variants(config).items():
        if name in chosen:
            told(name)
            table[name] = _figures(data, variant, folder / name.replace(" ", "_").replace(",", ""))
    return {"config": asdict(config), "variants": table}


def as_markdown(report: dict[str, Any]) -> str:
    """The comparison as a table, a line for each variant."""
    rows = report["variants"]
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines = [["", *names], ["---"] * (len(names) + 1)]
    lines += [[variant, *(_cell(row.get(name)) for name in names)] for variant, row in rows.items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _figures(data: AblationData, config: TrainingConfig, run: Path) -> dict[str, Any]:
    if (run / _FIGURES).is_file():
        content: dict[str, Any] = json.loads((run / _FIGURES).read_text())
        return content
    train(data.real, data.composed, data.real_validation, run, config)
    network = trained_network(run)
    figures = validated_with_intervals(network, data.real_validation, config.size)
    if data.composed_validation is not None:
        on_composed = validated_with_intervals(network, data.composed_validation, config.size)
        figures |= {f"composed {name}": figure for name, figure in on_composed.items() if name != "oedema_dice"}
    written = {name: _rounded(figure) for name, figure in figures.items()}
    (run / _FIGURES).write_text(json.dumps(written, indent=2) + "\n")
    return written


def _rounded(figure: Estimate) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(figure).items()}


def _cell(figure: dict[str, float] | None) -> str:
    return "" if figure is None else f"{figure['value']:.2f} [{figure['low']:.2f}, {figure['high']:.2f}]"
