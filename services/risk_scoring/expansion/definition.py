"""What counts as haematoma expansion: the definition is a parameter, since papers differ."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.risk_scoring.errors import FieldProblem, RiskInputError


@dataclass(frozen=True)
class ExpansionDefinition:
    """Growth by ``absolute_ml`` or by ``relative`` of the first volume, at a CT up to ``within_h`` after onset.

    ``inclusive`` counts growth that equals a threshold: the paper's cohort says ">= 6 mL or >= 33 %", while Brouwers,
    BAT and NAG say ">". ``both`` asks for both thresholds instead of either.
    """

    absolute_ml: float = 6.0
    relative: float = 0.33
    within_h: float = 48.0
    inclusive: bool = True
    both: bool = False

    def __post_init__(self) -> None:
        for name in ("absolute_ml", "relative", "within_h"):
            if not getattr(self, name) > 0:
                raise RiskInputError([FieldProblem(name, f"{getattr(self, name):g} is not above 0")])

    def threshold_ml(self, first_ml: float) -> float:
        """The growth in mL that counts for a haematoma of ``first_ml``, above 0 (0 is a new bleed, not a growth)."""
        if not first_ml > 0:
            raise RiskInputError([FieldProblem("haematoma_ml", "without a first haematoma there is none to expand")])
        choose = max if self.both else min
        return choose(self.absolute_ml, self.relative * first_ml)

    def expanded(self, first_ml: float, later_ml: float) -> bool:
        """Whether ``later_ml`` is an expansion of ``first_ml``."""
        growth, threshold = later_ml - first_ml, self.threshold_ml(first_ml)
        return growth >= threshold if self.inclusive else growth > threshold

    def greatest_growth(self, first_ml: float, later: Iterable[tuple[float, float]]) -> float | None:
        """The greatest growth in units of the threshold over ``later`` (hours from onset, mL) CTs that count.

        None where no CT lies within the window: then nothing is known of an expansion. 1 is where expansion begins.
        """
        volumes = [volume for hours, volume in later if hours <= self.within_h]
        return (max(volumes) - first_ml) / self.threshold_ml(first_ml) if volumes else None

    def describe(self) -> str:
        """The definition in words."""
        sign, link = (">=" if self.inclusive else ">"), ("and" if self.both else "or")
        return (
            f"haematoma growth {sign} {self.absolute_ml:g} mL {link} {sign} {100 * self.relative:g} % "
            f"within {self.within_h:g} h of onset"
        )
