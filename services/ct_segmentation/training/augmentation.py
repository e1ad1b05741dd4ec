"""Light augmentation: what differs between scanners and positions, nothing that changes the diagnosis."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AugmentationConfig:
    """Half-widths of the uniform ranges."""

    rotation_degrees: float = 20.0
    scale: float = 0.12
    shift_pixels: float = 12.0
    contrast: float = 0.10
    brightness: float = 0.03  # of the window: 2.4 HU
    noise: float = 0.03  # standard deviation, of the window: 2.4 HU
    blur_probability: float = 0.15


def augment(
    image: NDArray[np.uint8], masks: NDArray[np.uint8], rng: np.random.Generator, config: AugmentationConfig
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One slice (H, W) and its masks (2, H, W), moved together: floats in [0, 1].

    A left-right flip is harmless: no label knows a side. An up-down flip would show the network heads it never meets.
    """
    matrix = _affine(image.shape[0], rng, config)
    size = (image.shape[1], image.shape[0])
    moved = np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
    moved_masks = np.stack([cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR) for mask in masks])
    if rng.random() < config.blur_probability:
        moved = np.asarray(cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.4, 0.9)), np.uint8)
    level = moved.astype(np.float32) / np.float32(255.0)
    level *= np.float32(rng.uniform(1 - config.contrast, 1 + config.contrast))
    level += np.float32(rng.uniform(-config.brightness, config.brightness))
    # Noise is drawn at a random strength: reconstruction kernels differ more than doses do.
    noise = rng.standard_normal(level.shape, np.float32) * np.float32(rng.uniform(0, config.noise))
    level = level + noise.astype(np.float32)
    # Air and bone stay saturated, as the window leaves them.
    level[moved == 0] = 0.0
    level[moved == 255] = 1.0
    return np.clip(level, 0, 1).astype(np.float32), moved_masks.astype(np.float32) / np.float32(255.0)


def _affine(size: int, rng: np.random.Generator, config: AugmentationConfig) -> NDArray[np.float64]:
    """A (2, 3) matrix: rotation and scale about the centre, shift, and half of the time a left-right flip."""
    centre = (size - 1) / 2
    angle = rng.uniform(-config.rotation_degrees, config.rotation_degrees)
    scale = rng.uniform(1 - config.scale, 1 + config.scale)
    matrix = np.asarray(cv2.getRotationMatrix2D((centre, centre), angle, scale), np.float64)
    matrix[:, 2] += rng.uniform(-config.shift_pixels, config.shift_pixels, 2)
    if rng.random() < 0.5:
        flip = np.array([[-1.0, 0.0, 2 * centre], [0.0, 1.0, 0.0]])
        matrix = flip @ np.vstack([matrix, [0.0, 0.0, 1.0]])
    return np.asarray(matrix, np.float64)
