"""Smooth random fields and soft edges: the raw material of shapes that do not look drawn with a ruler."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Field = NDArray[np.float32]
Spacing = tuple[float, float, float]


def smooth_noise(
    random: np.random.Generator, shape: tuple[int, int, int], spacing_mm: Spacing, scale_mm: float
) -> Field:
    """Noise (S, H, W) of about unit deviation whose bumps are ``scale_mm`` wide."""
    lattice_shape = [int(np.ceil(size * mm / scale_mm)) + 2 for size, mm in zip(shape, spacing_mm, strict=True)]
    lattice = random.standard_normal(lattice_shape).astype(np.float32)
    return upsampled(lattice, shape) * np.float32(1.6)  # linear interpolation lowers the deviation


def upsampled(lattice: Field, shape: tuple[int, int, int]) -> Field:
    """``lattice`` stretched to ``shape`` (S, H, W), linearly between slices and by ``cv2`` within them."""
    planes = np.stack([cv2.resize(plane, shape[2:0:-1], interpolation=cv2.INTER_CUBIC) for plane in lattice])
    places = np.linspace(0, len(lattice) - 1, shape[0], dtype=np.float32)
    below = np.minimum(places.astype(np.intp), max(len(lattice) - 2, 0))
    above = np.minimum(below + 1, len(lattice) - 1)
    weight = (places - below)[:, None, None]
    return np.asarray(planes[below] * (1 - weight) + planes[above] * weight, np.float32)


def blurred(volume: Field, sigma_pixels: float) -> Field:
    """``volume`` (S, H, W) smoothed within each slice."""
    return np.stack([cv2.GaussianBlur(plane, (0, 0), sigma_pixels) for plane in volume])


def soft_step(distance_mm: NDArray[np.floating], width_mm: float) -> Field:
    """The share of a voxel inside a boundary that lies ``distance_mm`` away, positive inside; 0 to 1."""
    return np.asarray(np.clip(distance_mm / np.float32(width_mm) + np.float32(0.5), 0, 1), np.float32)


def log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    """A draw whose logarithm is uniform, so that small sizes are as frequent as large ones."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def bounding_box(mask: NDArray[np.bool_], margin: tuple[int, int, int] = (0, 0, 0)) -> tuple[slice, slice, slice]:
    """The smallest box (slices of S, H, W) around ``mask``, widened by ``margin``; empty where the mask is empty."""
    spans = []
    for axis in range(3):
        hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        low, high = (int(hit[0]), int(hit[-1]) + 1) if len(hit) else (0, 0)
        spans.append(slice(max(low - margin[axis], 0), min(high + margin[axis], mask.shape[axis]) if high else 0))
    return spans[0], spans[1], spans[2]


def signed_distance_mm(mask: NDArray[np.bool_], spacing_mm: Spacing) -> Field:
    """Distance to the mask's surface in mm, positive inside."""
    inside = ndimage.distance_transform_edt(mask, sampling=spacing_mm)
    outside = ndimage.distance_transform_edt(~mask, sampling=spacing_mm)
    return np.asarray(inside - outside, np.float32)
