"""Augmentation: what differs between scanners, positions and windows, nothing that changes the diagnosis."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AugmentationConfig:
    """Half-widths of the uniform ranges, and probabilities."""

    rotation_degrees: float = 20.0
    scale: float = 0.12
    shift_pixels: float = 12.0
    elastic_pixels: float = 4.0  # largest displacement of a smooth field; heads differ in shape
    elastic_probability: float = 0.3
    gantry_pixels: float = 3.0  # neighbours move along the head by this: at 5 mm slices up to 25 degrees of tilt
    lone_probability: float = 0.1  # neighbours replaced by the slice itself, as at the ends of a scan
    # Some scans of the data set seem to have been saved with another window, and kernels differ.
    contrast: float = 0.12
    brightness: float = 0.03  # of the window: 2.4 HU; oedema is but 5 to 10 HU darker than brain
    gamma: float = 0.08
    noise: float = 0.03  # standard deviation, of the window: 2.4 HU
    blur_probability: float = 0.15
    flip_probability: float = 0.5  # left-right: no label knows a side. Up-down would show heads that never come.


def augment(
    slices: NDArray[np.uint8], masks: NDArray[np.uint8], rng: np.random.Generator, config: AugmentationConfig
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A slice between its neighbours (3, H, W) and its masks (C, H, W), moved together: floats in [0, 1]."""
    rows, columns = _displacement(slices.shape[-1], rng, config)
    tilt = rng.uniform(-config.gantry_pixels, config.gantry_pixels)
    lone = rng.random() < config.lone_probability
    planes = [slices[1]] * 3 if lone else list(slices)
    moved = np.asarray(
        [
            cv2.remap(plane, columns, rows + np.float32(0 if lone else tilt * step), cv2.INTER_LINEAR)
            for plane, step in zip(planes, (-1, 0, 1), strict=True)
        ],
        np.uint8,
    )
    moved_masks = np.stack([cv2.remap(mask, columns, rows, cv2.INTER_LINEAR) for mask in masks])
    return _intensity(moved, rng, config), moved_masks.astype(np.float32) / np.float32(255.0)


def _intensity(moved: NDArray[np.uint8], rng: np.random.Generator, config: AugmentationConfig) -> NDArray[np.float32]:
    """Another window, kernel and dose for (3, H, W) uint8; air and bone stay saturated, as the window leaves them."""
    shown = moved
    if rng.random() < config.blur_probability:
        sigma = rng.uniform(0.4, 0.9)
        shown = np.asarray([cv2.GaussianBlur(plane, (0, 0), sigma) for plane in moved], np.uint8)
    level = np.asarray(shown, np.float32) / np.float32(255.0)
    level **= np.float32(np.exp(rng.uniform(-config.gamma, config.gamma)))
    level *= np.float32(rng.uniform(1 - config.contrast, 1 + config.contrast))
    level += np.float32(rng.uniform(-config.brightness, config.brightness))
    # Noise is drawn at a random strength: reconstruction kernels differ more than doses do.
    noise = rng.standard_normal(level.shape, np.float32) * np.float32(rng.uniform(0, config.noise))
    level = level + noise.astype(np.float32)
    level[moved == 0] = 0.0
    level[moved == 255] = 1.0
    return np.asarray(np.clip(level, 0, 1), np.float32)


def _displacement(
    size: int, rng: np.random.Generator, config: AugmentationConfig
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """From where each pixel is taken, as (rows, columns), each (H, W): rotation, scale, shift, flip and elastic."""
    centre = (size - 1) / 2
    angle = np.deg2rad(rng.uniform(-config.rotation_degrees, config.rotation_degrees))
    scale = rng.uniform(1 - config.scale, 1 + config.scale)
    shift = rng.uniform(-config.shift_pixels, config.shift_pixels, 2)
    mirror = -1.0 if rng.random() < config.flip_probability else 1.0
    y, x = np.mgrid[:size, :size].astype(np.float32) - np.float32(centre)
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    rows = (sine * x + cosine * y + centre + shift[0]).astype(np.float32)
    columns = (mirror * (cosine * x - sine * y) + centre + shift[1]).astype(np.float32)
    if rng.random() < config.elastic_probability:
        rows += _smooth_field(size, rng, config.elastic_pixels)
        columns += _smooth_field(size, rng, config.elastic_pixels)
    return rows, columns


def _smooth_field(size: int, rng: np.random.Generator, largest: float) -> NDArray[np.float32]:
    """Random displacements at 4 x 4 knots, interpolated: (size, size), at most about ``largest`` pixels."""
    knots = rng.uniform(-largest, largest, (4, 4)).astype(np.float32)
    return np.asarray(cv2.resize(knots, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
