from datetime import date, timedelta

import pytest

from gateway.patients.schemas import PatientIn
from services.pacs_bridge.person import person_of
from shared.contracts.states import Sex
from shared.database.columns import now

JANE = {
    "PatientID": " 12345 ",
    "PatientName": "Doe^Jane^Mary^Dr^PhD",
    "PatientBirthDate": "19500229",
    "PatientSex": "F",
    "StudyInstanceUID": "1.2.3",
}


def test_a_patient_is_taken_as_the_images_say() -> None:
    person = person_of({**JANE, "PatientBirthDate": "19480229"})
    assert (person.medical_record_number, person.family_name, person.given_name) == ("12345", "Doe", "Jane Mary")
    assert (person.birth_date, person.sex) == (date(1948, 2, 29), Sex.FEMALE)


@pytest.mark.parametrize("written", ["", "19500229", "1950", "18991231", f"{now() + timedelta(days=2):%Y%m%d}"])
def test_an_impossible_day_of_birth_is_none(written: str) -> None:
    assert person_of({**JANE, "PatientBirthDate": written}).birth_date is None


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("", "Unknown", "Unknown"),
        ("^^", "Unknown", "Unknown"),
        ("CQ500-CT-0", "CQ500-CT-0", "Unknown"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada", "Tarou"),
        ("=山田^太郎", "山田", "太郎"),
        ("O'Neil^\x1bJo", "O'Neil", "Jo"),
    ],
)
def test_names_are_read_by_their_components(written: str, family: str, given: str) -> None:
    person = person_of({**JANE, "PatientName": written})
    assert (person.family_name, person.given_name) == (family, given)


def test_patients_without_a_number_are_not_mixed_up() -> None:
    first, second, again = (
        person_of({"PatientName": "X", "StudyInstanceUID": uid}).medical_record_number for uid in ("1.2", "1.3", "1.2")
    )
    assert first != second
    assert first == again
    assert first.startswith("PACS-")


@pytest.mark.parametrize(
    "tags", [JANE, {}, {"PatientID": "x" * 99, "PatientName": "y" * 300 + "^" + "z" * 300, "PatientSex": "?"}]
)
def test_whatever_the_images_say_the_gateway_takes_it(tags: dict[str, str]) -> None:
    PatientIn.model_validate(person_of(tags).as_json())
