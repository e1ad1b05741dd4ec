"""The oedema's course in the cohort that the models learned from, as `risk_scoring oedema --curves` wrote it."""

from functools import cache
from pathlib import Path
from typing import Final

from shared.contracts.oedema import OedemaCurves

CURVES_FILE: Final = Path(__file__).with_suffix(".json")


@cache
def oedema_curves() -> OedemaCurves:
    """The curves; read once."""
    return OedemaCurves.model_validate_json(CURVES_FILE.read_bytes())
