"""Generated skin: four tones, each with its own colour and its own direction of the pulse's colour."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SkinTone:
    """``colour`` is the mean R, G, B under full light; ``pulsation`` the range of relative amplitudes in green.

    Both are rounded from what cameras see of Fitzpatrick types I to VI: with more melanin, less of the light that comes
    back has met blood.
    """

    name: str
    colour: tuple[float, float, float]
    pulsation: tuple[float, float]


SKIN_TONES: Final = (
    SkinTone("light", (215.0, 165.0, 140.0), (0.004, 0.012)),
    SkinTone("medium", (185.0, 135.0, 105.0), (0.003, 0.010)),
    SkinTone("brown", (140.0, 95.0, 70.0), (0.002, 0.007)),
    SkinTone("dark", (90.0, 60.0, 47.0), (0.0015, 0.005)),
)


def pulse_direction(chance: np.random.Generator) -> NDArray[np.float64]:
    """The pulse's relative amplitude (3,) in R, G, B, green being 1.

    Drawn widely around what white light, other lamps and other sensors give, so that no method's own assumption (POS
    and CHROM: the plane, PBV: 0.33, 0.77, 0.53) is the truth of the generated set.
    """
    red = chance.uniform(0.15, 0.75)
    blue = chance.uniform(0.35, 0.95)
    return np.array([red, 1.0, blue])
