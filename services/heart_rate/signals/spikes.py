"""Spikes held down, so that one jerk does not drown the beats beside it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# A sine's 90th percentile is its amplitude and a contact pulse's about half its peak: neither is touched at twice that.
_QUANTILE: Final = 0.9
_TIMES: Final = 2.0


def spikes_held(pulses: NDArray[np.float64]) -> NDArray[np.float64]:
    """``pulses`` (..., N), each about 0, held within twice the 90th percentile of its own size."""
    size = np.abs(pulses)
    rank = int(_QUANTILE * (pulses.shape[-1] - 1))
    limit = _TIMES * np.partition(size, rank, axis=-1)[..., rank, None]
    return np.asarray(np.clip(pulses, -limit, limit))
