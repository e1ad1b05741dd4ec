"""Vital signs: which are known, by LOINC code, in which units (UCUM), and what no living person can have."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class VitalKind(StrEnum):
    """What was measured, by its LOINC code."""

    HEART_RATE = "8867-4"
    SYSTOLIC = "8480-6"
    DIASTOLIC = "8462-4"
    RESPIRATION = "9279-1"
    SPO2 = "59408-5"
    TEMPERATURE = "8310-5"
    OXYGEN_FLOW = "3151-8"
    GLUCOSE = "15074-8"
    GLASGOW_COMA_SCALE = "9269-2"
    NIHSS = "72089-6"


class VitalSource(StrEnum):
    """What measured it, which says how far it can be believed."""

    MONITOR = "monitor"
    WEARABLE = "wearable"
    RPPG = "rppg"  # the pulse in a video of the face
    STAFF = "staff"


# How good a value is, from 0 to 1, whose device does not say: who measures once and writes it down vouches for it, and
# a sensor that says nothing of its quality is believed by half.
ASSUMED_QUALITY: Final[dict[VitalSource, float]] = {
    VitalSource.MONITOR: 1.0,
    VitalSource.STAFF: 1.0,
    VitalSource.WEARABLE: 0.5,
    VitalSource.RPPG: 0.5,
}


@dataclass(frozen=True)
class Conversion:
    """From another unit to the stored one: value x ``factor`` + ``offset``."""

    factor: float
    offset: float = 0.0


@dataclass(frozen=True)
class VitalDefinition:
    """One vital sign: its name, the unit that it is stored in, other units taken, and its possible range.

    ``lowest`` and ``highest`` are beyond anything a living person can have, not the limits of the normal: what lies
    outside is a slip of the sensor or of the keyboard. ``is_count`` is whether only whole numbers occur.
    """

    name: str
    unit: str
    lowest: float
    highest: float
    others: dict[str, Conversion] = field(default_factory=dict)
    is_count: bool = False

    def converted(self, value: float, unit: str) -> float:
        """``value`` of ``unit`` in the stored unit. Raises KeyError where the unit is not taken."""
        if unit == self.unit:
            return value
        conversion = self.others[unit]
        # What is left of a unit's rounding is far below what any sensor resolves.
        return round(value * conversion.factor + conversion.offset, 6)

    @property
    def units(self) -> list[str]:
        """Every unit taken."""
        return [self.unit, *self.others]


_ONE: Final = Conversion(1.0)
# 1 kPa = 7.50062 mmHg (BIPM, the millimetre of mercury being 133.322 Pa).
_KILOPASCAL: Final = Conversion(1000 / 133.322)
# Glucose, C6H12O6, weighs 180.156 g/mol.
_MG_PER_DL: Final = Conversion(10 / 180.156)

VITALS: Final[dict[VitalKind, VitalDefinition]] = {
    VitalKind.HEART_RATE: VitalDefinition("heart rate", "/min", 20, 300, {"{beats}/min": _ONE, "{Beats}/min": _ONE}),
    VitalKind.SYSTOLIC: VitalDefinition("systolic pressure", "mm[Hg]", 40, 350, {"kPa": _KILOPASCAL}),
    VitalKind.DIASTOLIC: VitalDefinition("diastolic pressure", "mm[Hg]", 20, 250, {"kPa": _KILOPASCAL}),
    VitalKind.RESPIRATION: VitalDefinition("respiration", "/min", 1, 100, {"{breaths}/min": _ONE}),
    VitalKind.SPO2: VitalDefinition("oxygen saturation", "%", 30, 100),
    VitalKind.TEMPERATURE: VitalDefinition(
        "body temperature", "Cel", 20, 46, {"[degF]": Conversion(5 / 9, -160 / 9), "K": Conversion(1.0, -273.15)}
    ),
    VitalKind.OXYGEN_FLOW: VitalDefinition("inhaled oxygen", "L/min", 0, 80),
    VitalKind.GLUCOSE: VitalDefinition("blood glucose", "mmol/L", 0.5, 111, {"mg/dL": _MG_PER_DL}),
    VitalKind.GLASGOW_COMA_SCALE: VitalDefinition("Glasgow Coma Scale", "{score}", 3, 15, {"1": _ONE}, is_count=True),
    VitalKind.NIHSS: VitalDefinition("NIHSS", "{score}", 0, 42, {"1": _ONE}, is_count=True),
}
