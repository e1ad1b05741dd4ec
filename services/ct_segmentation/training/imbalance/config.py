"""One switch for each part of the imbalance-aware module, so that an ablation turns off one at a time."""

from dataclasses import dataclass, replace
from typing import Self

from shared.errors import PlatformError

PARTS = (
    "class_balanced_focal",
    "hard_pixels",
    "hard_slices",
    "feature_oversampling",
    "borderline",
    "rare_sampling",
    "reweighting",
)


class ImbalanceConfigError(PlatformError):
    """The imbalance settings make no sense; raised before training starts."""

    code = "imbalance_config_invalid"


@dataclass(frozen=True)
class ImbalanceConfig:
    """Which parts are on, and their parameters. Raises ImbalanceConfigError outside the stated ranges."""

    class_balanced_focal: bool = True
    hard_pixels: bool = True
    hard_slices: bool = True
    feature_oversampling: bool = True
    borderline: bool = True  # off: plain SMOTE; without effect where oversampling is off
    rare_sampling: bool = True
    reweighting: bool = True

    beta: float = 0.999  # [0, 1): effective numbers end at 1 / (1 - β) = 1000 slices
    gamma: float = 1.0  # >= 0; Cui et al. find 0.5 to 2 best, by data set
    negative_ratio: float = 3.0  # > 0: hardest background pixels to a lesion pixel
    minimum_negatives: int = 4096  # >= 1: per mask and batch, 1 % of the pixels of eight slices
    # > 0: the mean over mined pixels is about five times and more the mean over all; this keeps Dice and cross-entropy
    # in the proportion that they have without mining.
    mined_weight: float = 0.2
    slice_share: float = 0.75  # (0, 1]: hardest slices that teach the types
    minority_below: float = 0.2  # (0, 1]: types in fewer slices than this are oversampled
    synthetic_per_type: int = 2  # >= 1: new embeddings for each rare type and step
    neighbours: int = 5  # k >= 1 of SMOTE, as in its paper
    danger_neighbours: int = 10  # m >= 2 of Borderline-SMOTE
    bank_capacity: int = 32  # >= 1 embeddings kept for each type; few, since the network moves on
    repeat_threshold: float = 0.2  # t in (0, 1] of repeat-factor sampling
    gate_limit: float = 2.0  # >= 1: reweighted channels stay within [1 / limit, limit]

    def __post_init__(self) -> None:
        """Check the ranges."""
        bounds: dict[str, bool] = {
            "beta": 0 <= self.beta < 1,
            "gamma": self.gamma >= 0,
            "negative_ratio": self.negative_ratio > 0,
            "minimum_negatives": self.minimum_negatives >= 1,
            "mined_weight": self.mined_weight > 0,
            "slice_share": 0 < self.slice_share <= 1,
            "minority_below": 0 < self.minority_below <= 1,
            "synthetic_per_type": self.synthetic_per_type >= 1,
            "neighbours": self.neighbours >= 1,
            "danger_neighbours": self.danger_neighbours >= 2,
            "bank_capacity": self.bank_capacity >= 1,
            "repeat_threshold": 0 < self.repeat_threshold <= 1,
            "gate_limit": self.gate_limit >= 1,
        }
        for name, holds in bounds.items():
            if not holds:
                raise ImbalanceConfigError(
                    f"The imbalance setting {name} = {getattr(self, name)} is out of its range; see ImbalanceConfig."
                )

    def without(self, part: str) -> Self:
        """The same with one of ``PARTS`` off; raises ImbalanceConfigError for any other name."""
        if part not in PARTS:
            raise ImbalanceConfigError(f"There is no imbalance part {part!r}; choose from {', '.join(PARTS)}.")
        return replace(self, **{part: False})

    def plain(self) -> Self:
        """The same with every part off: the baseline of the ablation."""
        return replace(self, **dict.fromkeys(PARTS, False))
