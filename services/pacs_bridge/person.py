"""Who a DICOM patient is on the platform."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.pacs_bridge.orthanc import Tags
from shared.contracts.states import Sex
from shared.database.columns import now

_SEX: Final = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER}
_EARLIEST: Final = date(1900, 1, 1)  # as the gateway asks
_UNKNOWN: Final = "Unknown"
_MAX_NUMBER, _MAX_NAME = 64, 128


@dataclass(frozen=True)
class Person:
    """What the images say of their patient. ``birth_date`` is None where it is missing or impossible."""

    medical_record_number: str
    family_name: str
    given_name: str
    birth_date: date | None
    sex: Sex

    def as_json(self) -> dict[str, Any]:
        """As the gateway takes a patient."""
        return {
            "medical_record_number": self.medical_record_number,
            "family_name": self.family_name,
            "given_name": self.given_name,
            "birth_date": None if self.birth_date is None else self.birth_date.isoformat(),
            "sex": self.sex,
        }


def person_of(tags: Tags) -> Person:
    """The patient of an instance. One without a number gets one of its study's own, so that no two are mixed up."""
    number = _printable(tags, "PatientID")[:_MAX_NUMBER]
    if not number:
        number = "PACS-" + hashlib.sha256(_printable(tags, "StudyInstanceUID").encode()).hexdigest()[:16]
    # PS3.5, 6.2.1: up to three ways of writing the name, each family^given^middle^prefix^suffix.
    written = next((group for group in _printable(tags, "PatientName").split("=") if group.strip("^ ")), "")
    family, _, rest = written.partition("^")
    given = " ".join(part.strip() for part in rest.split("^")[:2] if part.strip())
    return Person(
        medical_record_number=number,
        family_name=family.strip()[:_MAX_NAME] or _UNKNOWN,
        given_name=given[:_MAX_NAME] or _UNKNOWN,
        birth_date=_birth_date(_printable(tags, "PatientBirthDate")),
        sex=_SEX.get(_printable(tags, "PatientSex").upper(), Sex.UNKNOWN),
    )


def _birth_date(written: str) -> date | None:
    try:
        found = datetime.strptime(written, "%Y%m%d").date()
    except ValueError:
        return None
    return found if _EARLIEST <= found <= now().date() else None


def _printable(tags: Tags, keyword: str) -> str:
    value = tags.get(keyword)
    return "".join(letter for letter in value if letter.isprintable()).strip() if isinstance(value, str) else ""
