"""The methods by name."""

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.chrom import chrom
from services.heart_rate.pulse.green import green
from services.heart_rate.pulse.ica import ica
from services.heart_rate.pulse.lgi import lgi, omit
from services.heart_rate.pulse.pbv import pbv
from services.heart_rate.pulse.pos import pos
from shared.errors import InputRefusedError


class Method(Protocol):
    """Colours (..., 3, N) at ``rate_hz`` to pulses (..., N); each (3, N) by itself, whatever else is in the batch."""

    def __call__(self, rgb: NDArray[np.float64], rate_hz: float, /) -> NDArray[np.float64]:
        """The pulse of each (3, N)."""
        ...


METHODS: Final[Mapping[str, Method]] = {
    "green": green,
    "chrom": chrom,
    "pos": pos,
    "lgi": lgi,
    "omit": omit,
    "pbv": pbv,
    "ica": ica,
}
# OMIT is left out: it equals LGI to within a per mille, and would vote twice.
FUSED: Final = ("green", "chrom", "pos", "lgi", "pbv", "ica")


class UnknownMethodError(InputRefusedError):
    """There is no method of this name."""

    code = "pulse_method_unknown"


def method(name: str) -> Method:
    """The method ``name``. Raises UnknownMethodError."""
    if name not in METHODS:
        raise UnknownMethodError(f"There is no pulse method {name!r}; choose from {', '.join(METHODS)}.")
    return METHODS[name]
