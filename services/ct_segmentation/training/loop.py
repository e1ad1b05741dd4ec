"""The training loop: read it top to bottom."""

import csv
import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from services.ct_segmentation.model.deep_hemorrhage_net import DeepHemorrhageNet, NetworkConfig
from services.ct_segmentation.model.plain_unet import PlainUNet
from services.ct_segmentation.training.checkpoint import AveragedWeights, load_checkpoint, save_checkpoint
from services.ct_segmentation.training.config import TrainingConfig
from services.ct_segmentation.training.framed_slices import FramedSlices
from services.ct_segmentation.training.losses import lesion_loss
from services.ct_segmentation.training.sampling import SliceSampler
from services.ct_segmentation.training.type_learning import TypeLearning, with_gate_folded
from services.ct_segmentation.training.validation import validate

CHECKPOINT = "checkpoint.pt"
LOG = "log.csv"
NETWORKS = {"deep_hemorrhage_net": DeepHemorrhageNet, "plain_unet": PlainUNet}

Network = DeepHemorrhageNet | PlainUNet


def train(
    real: FramedSlices,
    composed: FramedSlices | None,
    validation: FramedSlices,
    run: Path,
    config: TrainingConfig,
    start_from: Path | None = None,
) -> dict[str, Any]:
    """Train in ``run``, going on from its checkpoint where there is one; the last validation figures.

    With ``max_minutes`` learning rate and slice size follow whichever is further, steps or time, so that a slow
    machine still ends with a cooled-down network. Without it the result depends on the seed alone. ``start_from`` is
    an earlier run, of whose averaged weights a new run makes its first ones (a warm restart, Loshchilov 2017).
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    network = make_network(config.network).to(config.device)
    if start_from is not None:
        network.load_state_dict(load_checkpoint(start_from / CHECKPOINT).averaged)
    averaged = AveragedWeights(network, config.averaging)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    repeat_threshold = config.imbalance.repeat_threshold if config.imbalance.rare_sampling else None
    sampler = SliceSampler(real, composed, config.sampling, config.seed, repeat_threshold)
    types = TypeLearning(network.type_head, sampler.data, config.imbalance, config.device)
    step, spent = 0, 0.0
    if (run / CHECKPOINT).is_file():
        state = load_checkpoint(run / CHECKPOINT)
        step, spent = state.step, state.seconds
        network.load_state_dict(state.network)
        averaged.load(state.averaged)
        optimiser.load_state_dict(state.optimiser)
        types.load_state_dict(state.types)

    figures: dict[str, Any] = {}
    began = time.monotonic() - spent

    def save() -> None:
        seconds = time.monotonic() - began
        save_checkpoint(
            run / CHECKPOINT, step, seconds, asdict(config), network, averaged, optimiser, types.state_dict()
        )

    with tqdm(total=config.steps, initial=step, desc="training", unit="step", mininterval=5) as bar:
        while step < config.steps:
            progress = _progress(step, time.monotonic() - began, config)
            if progress >= 1.0:
                break
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, progress, config)
            torch.manual_seed(config.seed * 1_000_003 + step)  # dropout; the batch has its own generator
            network.train()
            batch = sampler.batch(step, slice_size(progress, config)).to(config.device)
            with torch.autocast(config.device, torch.bfloat16):
                output = network(batch.slices.contiguous(memory_format=torch.channels_last))
            generator = torch.Generator().manual_seed(config.seed * 1_000_033 + step)
            parts = lesion_loss(output, batch, types, config.loss, config.imbalance, generator)
            loss = torch.stack(list(parts.values())).sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # untyped in torch
            norm = torch.nn.utils.clip_grad_norm_(network.parameters(), config.gradient_norm)
            optimiser.step()
            types.observe(output.embedding, batch.types, batch.known)
            step += 1
            averaged.update(network, step)

            row = {name: float(part.detach()) for name, part in parts.items()}
            bar.update()
            bar.set_postfix(loss=f"{float(loss.detach()):.3f}", refresh=False)
            if step % config.validate_every == 0:
                figures = validate(_averaged_network(averaged, types, config), validation, config.size)
                bar.write(f"step {step}: {figures}")
            _log(run / LOG, step, time.monotonic() - began, row | {"gradient_norm": float(norm)}, figures)
            if step % config.checkpoint_every == 0:
                save()
    figures = validate(_averaged_network(averaged, types, config), validation, config.size)
    save()
    minutes = round((time.monotonic() - began) / 60, 1)
    return {"steps": step, "minutes": minutes, "validation": figures, "config": asdict(config)}


def make_network(name: str) -> Network:
    """A network with fresh weights, laid out as bf16 convolutions run fastest: 0.15 s a slice, fp32 takes 0.43 s."""
    network = NETWORKS[name](NetworkConfig())
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # torch's stubs


def trained_network(run: Path) -> Network:
    """The averaged weights of a run, the gate of its type head folded in.

    Raises DatasetError where the run has no checkpoint.
    """
    checkpoint = load_checkpoint(run / CHECKPOINT)
    network = make_network(checkpoint.settings["network"])
    network.load_state_dict(with_gate_folded(checkpoint.averaged, checkpoint.types))
    return network


def learning_rate(step: int, progress: float, config: TrainingConfig) -> float:
    """Linear warm-up, then a cosine down to 1 % at ``progress`` 1."""
    cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))
    return config.learning_rate * min(1.0, (step + 1) / config.warm_up) * cosine


def slice_size(progress: float, config: TrainingConfig) -> int:
    """Small slices first, full ones for the rest: coarse shape needs no fine pixels."""
    return config.small_size if progress < config.small_share else config.size


def _progress(step: int, seconds: float, config: TrainingConfig) -> float:
    by_time = seconds / (60 * config.max_minutes) if config.max_minutes else 0.0
    return max(step / config.steps, by_time)


def _averaged_network(averaged: AveragedWeights, types: TypeLearning, config: TrainingConfig) -> Network:
    network = make_network(config.network).to(config.device)
    network.load_state_dict(with_gate_folded(averaged.state, types.state_dict()))
    return network


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
