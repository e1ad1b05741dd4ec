"""From probabilities to decisions: which threshold a slice, a study and a voxel are held to."""

from collections.abc import Iterable, Mapping

# Voxels at least this likely bleed for sure, and those under the other hardly; between lies what the network doubts.
SURE, DOUBTED = 0.75, 0.25


def study_threshold(thresholds: Mapping[str, float], name: str) -> float:
    """The highest probability of its slices from which on a study shows the type ``name``.

    A study is judged by the highest of thirty slices, so that its threshold lies over a slice's, which holds where
    the model sets none.
    """
    return thresholds.get(f"study_{name}", thresholds[name])


def types_seen(types: Mapping[str, float], thresholds: Mapping[str, float]) -> list[str]:
    """The types that a study shows by its highest slice probabilities ``types``, sorted."""
    return sorted(name for name, probability in types.items() if probability >= study_threshold(thresholds, name))


def highest(slice_types: Mapping[str, Iterable[float]]) -> dict[str, float]:
    """The study's probability of each type: that of its most suspicious slice."""
    return {name: float(max(probabilities)) for name, probabilities in slice_types.items()}
