import pytest

from gateway.exchange.statements import RESEARCH_USE, Quantity, conclusion, notes, statements
from shared.contracts.ct import CtReport, ReviewFlag
from tests.fixtures.ct_reports import a_report, for_any_report


def test_every_number_of_a_report_is_stated_with_its_unit() -> None:
    said = {statement.code.value: statement for statement in statements(a_report())}

    values = {code: (s.value.value, s.value.unit.value) for code, s in said.items() if isinstance(s.value, Quantity)}
    assert values == {"haematoma-volume": (12.346, "mL"), "oedema-volume": (0.0, "mL"), "ABC2": (12.0, "mL")}
    assert said["haemorrhage-suspected"].value is True
    parts = {
        part.code.value: (part.quantity.value, part.quantity.unit.value) for s in said.values() for part in s.parts
    }
    assert parts == {
        "103339001": (40.0, "mm"),
        "131189007": (30.0, "mm"),
        "121207": (20.0, "mm"),
        "probability-any": (0.98, "1"),
        "probability-IPH": (0.91, "1"),
    }


def test_what_a_report_lacks_is_not_stated() -> None:
    said = statements(a_report(abc_over_2=None, type_probabilities={}))
    assert [s.code.value for s in said] == ["haemorrhage-suspected", "haematoma-volume", "oedema-volume"]


@for_any_report
def test_codes_are_unique_and_fit_behind_a_uuid_in_64_characters(report: CtReport) -> None:
    codes = [s.code.value for s in statements(report)]
    codes += [part.code.value for s in statements(report) for part in s.parts]
    assert len(set(codes)) == len(codes)
    assert max(len(s.code.value) for s in statements(report)) <= 64 - 36 - 1


@pytest.mark.parametrize(("suspected", "words"), [(True, "haemorrhage suspected"), (False, "does not exclude")])
def test_the_conclusion_gives_verdict_volumes_doubts_and_limits(suspected: bool, words: str) -> None:
    doubt = ReviewFlag(code="type_mask_disagreement", detail="The classifier sees none.")
    text = conclusion(a_report(haemorrhage_suspected=suspected, review_flags=[doubt]))
    assert words in text
    assert "12.3 mL" in text
    assert doubt.detail in text
    assert RESEARCH_USE in text


def test_notes_are_reasons_to_look_again_before_peculiarities() -> None:
    assert notes(a_report()) == [
        "lesion_at_scan_border: A lesion reaches the last slice.",
        "gap_filled: One slice was interpolated.",
    ]
