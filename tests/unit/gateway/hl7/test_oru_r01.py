import re
from uuid import UUID

import hl7
import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.parser import parse_message

from gateway.exchange.statements import RESEARCH_USE
from gateway.hl7.er7 import number, text
from gateway.hl7.oru_r01 import oru_r01
from shared.contracts.ct import CtReport, ReviewFlag
from tests.fixtures.ct_reports import a_finding, a_report, for_any_report


def strictly_parsed(written: str) -> Message:
    """The message by an independent reading of the standard's tables: structure, positions, types, cardinality.

    hl7apy takes every OBX-5 for an ST of at most 199 characters; a TX may have 65536 and is replaced for it.
    """
    within_limits = re.sub(r"(OBX\|[0-9]+\|TX\|[^|]*\|[^|]*\|)[^|]{1,65536}", r"\1text", written)
    message = parse_message(within_limits, validation_level=VALIDATION_LEVEL.STRICT)
    assert message.validate()
    return message


def fields(written: str, segment: str) -> list[list[str]]:
    return [line.split("|") for line in written.split("\r") if line.startswith(f"{segment}|")]


def results(written: str) -> dict[str, list[str]]:
    """OBX segments by their code."""
    return {obx[3].split("^")[0]: obx for obx in fields(written, "OBX")}


@for_any_report
def test_any_report_becomes_a_message_that_others_parse(report: CtReport) -> None:
    written = oru_r01(a_finding(report))
    message = strictly_parsed(written)

    assert message.name == "ORU_R01"
    assert [child.name for child in message.children] == ["MSH", "ORU_R01_PATIENT_RESULT"]
    assert written.endswith("\r")
    assert "\n" not in written
    assert [int(obx[1]) for obx in fields(written, "OBX")] == list(range(1, len(fields(written, "OBX")) + 1))
    assert all(obx[11] == "P" for obx in fields(written, "OBX"))
    assert written.encode().decode() == written


@for_any_report
def test_texts_come_back_as_they_were_whatever_delimiters_they_hold(report: CtReport) -> None:
    parsed = hl7.parse(oru_r01(a_finding(report)))
    comments = [parsed.unescape(str(nte[3])) for nte in parsed.segments("NTE")]
    said = [RESEARCH_USE, *(f"{note.code}: {note.detail}" for note in (*report.review_flags, *report.peculiarities))]
    # Control characters alone are not kept: they are not text, and would end segments.
    controls = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
    assert comments == [controls.sub(" ", note) for note in said]


def test_volumes_are_numbers_in_ucum_millilitres() -> None:
    obx = results(oru_r01(a_finding(a_report())))
    volume = obx["haematoma-volume"]
    assert volume[2] == "NM"
    assert volume[3] == "haematoma-volume^Haematoma volume^99DHN^118565006^Volume^SCT"
    assert (volume[5], volume[6]) == ("12.346", "mL^milliliter^UCUM")
    assert volume[17:20] == [
        "126030^Sum of segmented voxel method for volume^DCM",
        "deep_hemorrhage_net 1.0.0^DeepHemorrhageNet",
        "20250304050607+0000",
    ]
    assert (obx["oedema-volume"][5], obx["103339001"][5], obx["103339001"][6]) == ("0", "40", "mm^millimeter^UCUM")
    assert (obx["probability-IPH"][5], obx["probability-IPH"][6]) == ("0.91", "1^no unit^UCUM")


def test_numbers_that_belong_together_share_a_sub_id() -> None:
    groups = {code: obx[4] for code, obx in results(oru_r01(a_finding(a_report()))).items()}
    assert {groups[code] for code in ("ABC2", "103339001", "131189007", "121207")} == {"ABC2"}
    assert {groups[code] for code in ("probability-any", "probability-IPH")} == {"type-probabilities"}
    assert groups["haematoma-volume"] == ""


@pytest.mark.parametrize(("suspected", "answer", "flag"), [(True, "Y^Yes^HL70136", "A"), (False, "N^No^HL70136", "")])
def test_suspicion_is_coded_and_flagged(suspected: bool, answer: str, flag: str) -> None:
    obx = results(oru_r01(a_finding(a_report(haemorrhage_suspected=suspected))))["haemorrhage-suspected"]
    assert (obx[2], obx[5], obx[8]) == ("CE", answer, flag)


def test_the_images_and_the_haematoma_are_named_where_their_identifiers_are_known() -> None:
    known = results(oru_r01(a_finding(a_report())))
    assert [known[code][5] for code in ("110180", "112002", "112040")] == ["1.2.840.1", "1.2.840.1.7", "2.25.77"]
    none = a_report(study_instance_uid=None, series_instance_uid=None, tracking_uid=None)
    assert not {"110180", "112002", "112040"} & set(results(oru_r01(a_finding(none))))


def test_the_header_and_the_request_say_what_this_is() -> None:
    finding = a_finding(a_report(), UUID("0f8fad5b-d9cb-469f-a165-70867728950e"))
    written = oru_r01(finding)
    ((_, _, application, _, _, _, at, _, kind, control_id, processing, version, *_, charset),) = fields(written, "MSH")
    assert (application, at, kind) == ("DeepHemorrhageNet", "20250304050607+0000", "ORU^R01^ORU_R01")
    # RFC 4648 base 32 of the finding's id, worked out with coreutils' base32.
    assert control_id == "B6H22W6ZZNDJ7ILFOCDH"
    assert (processing, version, charset) == ("P", "2.5.1", "UNICODE UTF-8")
    ((*_, request),) = [fields(written, "OBR")]
    assert request[3:5] == [f"{finding.id}^DeepHemorrhageNet", "24725-4^CT Head^LN"]
    assert (request[22], request[24], request[25]) == ("20250304050607+0000", "RAD", "P")


def test_the_same_finding_gives_the_same_bytes_and_another_one_another_control_id() -> None:
    finding = a_finding(a_report())
    assert oru_r01(finding) == oru_r01(finding)
    other = oru_r01(a_finding(a_report()))
    assert fields(other, "MSH")[0][9] != fields(oru_r01(finding), "MSH")[0][9]


def test_the_patient_is_a_pseudonym() -> None:
    finding = a_finding(a_report())
    assert fields(oru_r01(finding), "PID") == [
        ["PID", "1", "", f"{finding.patient_id}^^^DeepHemorrhageNet^PI", "", "^^^^^^S"]
    ]


def test_reasons_to_look_again_come_with_the_request_and_in_the_conclusion() -> None:
    flag = ReviewFlag(code="abc", detail="A|B^C&D~E\\F")
    written = oru_r01(a_finding(a_report(review_flags=[flag], peculiarities=[])))
    assert [nte[3] for nte in fields(written, "NTE")] == [RESEARCH_USE, r"abc: A\F\B\S\C\T\D\R\E\E\F"]
    assert r"A\F\B\S\C\T\D\R\E\E\F" in results(written)["19005-8"][5]


def test_numbers_have_no_exponent_and_no_idle_zeros() -> None:
    assert [number(value) for value in (0.0, 0.001, 12.0, 100.0, 1234567.5, 1e-9)] == [
        "0",
        "0.001",
        "12",
        "100",
        "1234567.5",
        "0",
    ]


def test_what_would_end_a_segment_becomes_a_space() -> None:
    assert text("one\r\ntwo\x1cthree\u2028four") == "one two three four"
