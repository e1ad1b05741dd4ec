"""A figure and how sure it is; needs no numpy, so that the gateway has it too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float
