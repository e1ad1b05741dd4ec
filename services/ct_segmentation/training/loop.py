"""The training loop: read it top to bottom."""

import csv
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet, NetworkConfig
from services.ct_segmentation.training.checkpoint import AveragedWeights, load_checkpoint, save_checkpoint
from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.losses import LossConfig, lesion_loss
from services.ct_segmentation.training.sampling import LesionSampler

CHECKPOINT = "checkpoint.pt"
LOG = "log.csv"


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides the result, beside data and code."""

    steps: int = 3200
    batch: int = 8
    lesion_share: float = 0.5
    learning_rate: float = 6e-4
    warm_up: int = 100
    weight_decay: float = 0.02
    gradient_norm: float = 1.0
    averaging: float = 0.995
    seed: int = 2026
    threads: int = 2
    validate_every: int = 400
    checkpoint_every: int = 200
    max_minutes: float | None = None


def train(training: FramedSlices, validation: FramedSlices, run: Path, config: TrainingConfig) -> dict[str, Any]:
    """Train in ``run``, going on from its checkpoint where there is one; the last validation figures.

    With ``max_minutes`` the learning rate follows whichever is further, steps or time, so that a slow machine still
    ends with a cooled-down network. Without it the result depends on the seed alone.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    network = _channels_last(DeepHemorrhageNet(NetworkConfig()))
    averaged = AveragedWeights(network, config.averaging)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    sampler = LesionSampler(training, network.config.types, config.batch, config.lesion_share, config.seed)
    step, spent = 0, 0.0
    if (run / CHECKPOINT).is_file():
        state = load_checkpoint(run / CHECKPOINT)
        step, spent = state.step, state.seconds
        network.load_state_dict(state.network)
        averaged.state = state.averaged
        optimiser.load_state_dict(state.optimiser)

    loss_config = LossConfig()
    figures: dict[str, Any] = {}
    began = time.monotonic() - spent
    with tqdm(total=config.steps, initial=step, desc="training", unit="step") as bar:
        while step < config.steps:
            progress = _progress(step, time.monotonic() - began, config)
            if progress >= 1.0:
                break
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, progress, config)
            torch.manual_seed(config.seed * 1_000_003 + step)  # dropout; the batch has its own generator
            network.train()
            batch = sampler.batch(step)
            with torch.autocast("cpu", torch.bfloat16):
                output = network(batch.slices.contiguous(memory_format=torch.channels_last))
            parts = lesion_loss(output, batch, loss_config)
            loss = torch.stack(list(parts.values())).sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # untyped in torch
            norm = torch.nn.utils.clip_grad_norm_(network.parameters(), config.gradient_norm)
            optimiser.step()
            step += 1
            averaged.update(network, step)

            row = {name: float(part.detach()) for name, part in parts.items()}
            bar.update()
            bar.set_postfix(loss=f"{float(loss.detach()):.3f}")
            if step % config.validate_every == 0:
                figures = validate(averaged, validation)
                bar.write(f"step {step}: {figures}")
            _log(run / LOG, step, time.monotonic() - began, row | {"gradient_norm": float(norm)}, figures)
            if step % config.checkpoint_every == 0:
                seconds = time.monotonic() - began
                save_checkpoint(run / CHECKPOINT, step, seconds, asdict(config), network, averaged, optimiser)
    figures = validate(averaged, validation)
    seconds = time.monotonic() - began
    save_checkpoint(run / CHECKPOINT, step, seconds, asdict(config), network, averaged, optimiser)
    return {"steps": step, "minutes": round(seconds / 60, 1), "validation": figures, "config": asdict(config)}


def learning_rate(step: int, progress: float, config: TrainingConfig) -> float:
    """Linear warm-up, then a cosine down to 1 % at ``progress`` 1."""
    cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))
    return config.learning_rate * min(1.0, (step + 1) / config.warm_up) * cosine


def _progress(step: int, seconds: float, config: TrainingConfig) -> float:
    by_time = seconds / (60 * config.max_minutes) if config.max_minutes else 0.0
    return max(step / config.steps, by_time)


@torch.inference_mode()
def validate(averaged: AveragedWeights, data: FramedSlices) -> dict[str, float]:
    """Dice of both masks over all pixels of the given slices, and how well "any" ranks them, at the network's scale."""
    network = _channels_last(DeepHemorrhageNet(NetworkConfig()))
    network.load_state_dict(averaged.state)
    network.eval()
    overlap, total = np.zeros(2), np.zeros(2)
    scores = []
    for images, masks in _chunks(data, 16):
        with torch.autocast("cpu", torch.bfloat16):
            slices = torch.from_numpy(images[:, None].astype(np.float32) / np.float32(255.0))
            output = network(slices.contiguous(memory_format=torch.channels_last))
        predicted, target = output.masks.float().numpy() > 0, masks > 127
        overlap += (predicted & target).sum(axis=(0, 2, 3))
        total += predicted.sum(axis=(0, 2, 3)) + target.sum(axis=(0, 2, 3))
        scores.append(output.types[:, 0].float().numpy())
    dice = 2 * overlap / np.maximum(total, 1)
    figures = {"haematoma_dice": float(dice[0]), "oedema_dice": float(dice[1])}
    score = np.concatenate(scores)
    lesion, clear = score[data.lesion], score[~data.lesion]
    if len(lesion) and len(clear):  # the area under the ROC curve is the share of rightly ordered pairs
        figures["slice_auc"] = float((lesion[:, None] > clear[None]).mean())
    return {name: round(value, 4) for name, value in figures.items()}


def _channels_last(network: DeepHemorrhageNet) -> DeepHemorrhageNet:
    """The layout in which bf16 convolutions run fastest here: 0.15 s a training slice on 2 cores, fp32 takes 0.43 s."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # torch's stubs


def _chunks(data: FramedSlices, size: int) -> Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    for start in range(0, len(data.images), size):
        yield data.images[start : start + size], data.masks[start : start + size]


def _log(path: Path, step: int, seconds: float, losses: dict[str, float], figures: dict[str, float]) -> None:
    """One line per step; the validation columns repeat the last figures."""
    row: dict[str, Any] = {"step": step, "seconds": round(seconds, 1), **{k: round(v, 5) for k, v in losses.items()}}
    row |= {f"validation_{name}": figures.get(name, "") for name in ("haematoma_dice", "oedema_dice", "slice_auc")}
    new = not path.is_file()
    with path.open("a", newline="") as stream:
        writer = csv.DictWriter(stream, row)
        if new:
            writer.writeheader()
        writer.writerow(row)
