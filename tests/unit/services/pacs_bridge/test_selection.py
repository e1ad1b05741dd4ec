import re
from datetime import timedelta
from typing import Any

import pytest

from services.pacs_bridge.orthanc import Instance
from services.pacs_bridge.selection import Choice, acquired_at, is_ct, judge, priority_of
from shared.contracts.names import Priority
from shared.settings import Settings

SETTINGS = Settings()
HEAD: dict[str, Any] = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
    "Modality": "CT",
    "ImageType": "ORIGINAL\\PRIMARY\\AXIAL",
    "BodyPartExamined": "HEAD",
    "ImageOrientationPatient": "1\\0\\0\\0\\0.966\\-0.259",  # a gantry tilted by 15°
    "ConvolutionKernel": "H30s",
}
# As ../ct_cq500 is: no body part, a description that names none.
NAMELESS = {
    **HEAD,
    "BodyPartExamined": "",
    "SeriesDescription": "4cc sec 150cc D3D on",
    "ConvolutionKernel": "STANDARD",
}


def slices(count: int, per_position: int = 1) -> list[Instance]:
    return [Instance(str(n), f"1.2.{n}", n, f"0\\0\\{n // per_position}") for n in range(count)]


def verdict(
    count: int = 30, per_position: int = 1, words: re.Pattern[str] = SETTINGS.pacs_head_words, **tags: str
) -> tuple:
    found = judge({**HEAD, **tags}, slices(count, per_position), words)
    return found.choice, found.reason


def test_a_plain_axial_head_is_the_first_choice() -> None:
    assert verdict() == (Choice.FIRST, "")


def test_a_head_that_nothing_names_is_taken_too() -> None:
    assert judge(NAMELESS, slices(238), SETTINGS.pacs_head_words).choice is Choice.FIRST


@pytest.mark.parametrize("part", ["CHEST", "ABDOMEN", "CSPINE", "NECK", "KNEE"])
def test_another_body_part_is_none_of_our_concern(part: str) -> None:
    assert verdict(BodyPartExamined=part) == (Choice.NEVER, "another_body_part")
    assert verdict(BodyPartExamined="", StudyDescription=f"CT {part}") == (Choice.NEVER, "another_body_part")


def test_a_wrong_body_part_does_not_outweigh_a_description_of_a_head() -> None:
    assert verdict(BodyPartExamined="CHEST", SeriesDescription="Head 5mm plain") == (Choice.FIRST, "")
    assert verdict(BodyPartExamined="", StudyDescription="CT BRAIN AND NECK W/O") == (Choice.FIRST, "")


def test_which_words_name_a_head_is_configurable() -> None:
    assert verdict(words=re.compile("HUVUD"), BodyPartExamined="HUVUD") == (Choice.FIRST, "")
    assert verdict(words=re.compile("HUVUD")) == (Choice.NEVER, "another_body_part")


@pytest.mark.parametrize("kernel", ["H60s", "Hr68h\\3", "BONE", "BONEPLUS", "EDGE", "FC30", "J70h", "YD"])
def test_a_reconstruction_for_bone_waits_for_a_better_one(kernel: str) -> None:
    assert verdict(ConvolutionKernel=kernel) == (Choice.SECOND, "sharp_kernel")


@pytest.mark.parametrize(
    "kernel", ["H30s", "Hr40f", "STANDARD", "SOFT", "FC21", "FC64", "J30s", "UB", "B", "H31f\\3", ""]
)
def test_kernels_for_brain_do_not_wait(kernel: str) -> None:
    assert verdict(ConvolutionKernel=kernel) == (Choice.FIRST, "")


def test_a_reformatted_series_waits_for_an_original() -> None:
    assert verdict(ImageType="DERIVED\\SECONDARY\\REFORMATTED\\AVERAGE") == (Choice.SECOND, "derived")


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"ImageOrientationPatient": "1\\0\\0\\0\\0\\-1"}, "not_axial"),  # coronal
        ({"ImageOrientationPatient": "0\\1\\0\\0\\0\\-1"}, "not_axial"),  # sagittal
        ({"ImageType": "DERIVED\\SECONDARY\\MIP"}, "projection"),
    ],
)
def test_what_the_network_cannot_read_is_the_last_resort(tags: dict[str, str], reason: str) -> None:
    assert verdict(**tags) == (Choice.LAST, reason)


def test_too_few_slices_are_the_last_resort_unless_one_object_holds_many() -> None:
    assert verdict(4) == (Choice.LAST, "too_few_slices")
    assert verdict(1, NumberOfFrames="30", ImageOrientationPatient="") == (Choice.FIRST, "")


def test_a_perfusion_scan_is_told_by_its_repeated_positions() -> None:
    assert verdict(200, per_position=20) == (Choice.LAST, "repeated_positions")
    assert verdict(31) == verdict(30, per_position=2) == (Choice.FIRST, "")  # a doubled slice is the worker's to refuse


def test_a_localizer_is_never_handed_over() -> None:
    assert verdict(ImageType="ORIGINAL\\PRIMARY\\LOCALIZER") == (Choice.NEVER, "localizer")


@pytest.mark.parametrize(
    ("sop_class", "modality"),
    [
        ("1.2.840.10008.5.1.4.1.1.66.4", "SEG"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "SR"),
        ("1.2.840.10008.5.1.4.1.1.7", "CT"),  # a secondary capture that calls itself CT
        ("1.2.840.10008.5.1.4.1.1.4", "MR"),
    ],
)
def test_only_ct_images_are_ct_images(sop_class: str, modality: str) -> None:
    assert is_ct(HEAD)
    assert not is_ct({"SOPClassUID": sop_class, "Modality": modality})


@pytest.mark.parametrize(
    "tags",
    [
        {"StudyDescription": "CT HEAD STROKE"},
        {"RequestedProcedurePriority": "STAT"},
        {"RequestAttributesSequence": [{"RequestedProcedurePriority": "HIGH"}]},
        {"RequestAttributesSequence": [{"RequestedProcedureDescription": "head, emergency"}]},
        {"AdmittingDiagnosesDescription": "acute hemiparesis"},
    ],
)
def test_an_acute_order_is_seen(tags: dict[str, Any]) -> None:
    assert priority_of({**HEAD, **tags}, "CT_1", SETTINGS) is Priority.STAT


@pytest.mark.parametrize("tags", [{}, {"RequestedProcedurePriority": "LOW"}, {"StudyDescription": "STATUS POST SHUNT"}])
def test_other_orders_are_routine(tags: dict[str, Any]) -> None:
    assert priority_of({**HEAD, **tags}, "CT_1", SETTINGS) is Priority.ROUTINE


def test_who_sends_may_make_it_acute_and_the_configuration_has_the_last_word() -> None:
    callers = Settings(pacs_stat_callers="CT_ER, CT_2")
    assert [priority_of(HEAD, caller, callers) for caller in ("CT_ER", "CT_2", "CT", "")] == [
        *(Priority.STAT, Priority.STAT, Priority.ROUTINE, Priority.ROUTINE)
    ]
    assert priority_of(HEAD, "CT_1", Settings(pacs_priority="stat")) is Priority.STAT
    acute = {**HEAD, "StudyDescription": "STROKE"}
    assert priority_of(acute, "CT_ER", Settings(pacs_priority="routine", pacs_stat_callers="CT_ER")) is Priority.ROUTINE


def test_the_moment_of_a_scan_is_read_from_either_place() -> None:
    whole = acquired_at({"AcquisitionDateTime": "20260131235930.25+0100"})
    parted = acquired_at({"AcquisitionDate": "20260201", "AcquisitionTime": "000010.500"})
    assert whole is not None
    assert parted is not None
    assert parted - whole == timedelta(seconds=40)


@pytest.mark.parametrize("tags", [{}, {"AcquisitionTime": "101010"}, {"AcquisitionDateTime": "20261331101010"}])
def test_a_moment_that_is_not_written_is_unknown(tags: dict[str, str]) -> None:
    assert acquired_at(tags) is None
