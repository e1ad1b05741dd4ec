"""References to resources of ours, as others write them."""

import re
from typing import Final
from uuid import UUID

_PATIENT: Final = re.compile(r"((.*/)?Patient/)?([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


def patient_id_in(reference: str) -> UUID | None:
    """The id in a reference to a patient: relative, absolute, or the id alone; None of anything else."""
    named = _PATIENT.fullmatch(reference)
    return None if named is None else UUID(named[3])
