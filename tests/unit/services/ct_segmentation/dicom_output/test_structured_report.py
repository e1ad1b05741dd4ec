from collections.abc import Iterator
from pathlib import Path

import pytest
from highdicom.sr import Comprehensive3DSR, srread
from pydicom import Dataset, dcmread
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from services.ct_segmentation.dicom_output import coding
from services.ct_segmentation.dicom_output.identifiers import Algorithm
from services.ct_segmentation.dicom_output.structured_report import make_structured_report
from shared.contracts.ct import ReviewFlag
from shared.contracts.local_codes import SCHEME
from tests.fixtures.dicom_results import HEAD, DicomResult, analysed_series
from tests.fixtures.head_phantom import small_head
from tests.fixtures.threshold_network import ThresholdNetwork


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DicomResult:
    return analysed_series(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def document(result: DicomResult) -> Comprehensive3DSR:
    return srread(result.path("structured_report"))


def rewritten(result: DicomResult, folder: Path, segmentation: Dataset | None = None, **changes: object) -> Dataset:
    """The document of a changed report."""
    identity = result.analysis.volume.identity
    assert identity is not None
    report = result.analysis.report.model_copy(update=changes)
    path = folder / "changed.dcm"
    make_structured_report(identity, report, segmentation, Algorithm("net", "1")).save_as(path)
    return dcmread(path)


def items(dataset: Dataset, value_type: str, meaning: str | None = None) -> Iterator[Dataset]:
    """All content items of a type and, where asked, of a name, however deep."""
    for item in dataset.get("ContentSequence", ()):
        if item.ValueType == value_type and meaning in (None, item.ConceptNameCodeSequence[0].CodeMeaning):
            yield item
        yield from items(item, value_type, meaning)


def group_of(dataset: Dataset, identifier: str) -> Dataset:
    for group in items(dataset, "CONTAINER", "Measurement Group"):
        if next(items(group, "TEXT", "Tracking Identifier")).TextValue == identifier:
            return group
    raise AssertionError(f"no group about {identifier}")


def numbers(group: Dataset) -> list[tuple[str, str | None, float, str]]:
    """(name, method, value, unit) of a group's measurements."""
    found = []
    for item in items(group, "NUM"):
        method = next(items(item, "CODE", "Measurement Method"), None)
        value = item.MeasuredValueSequence[0]
        found.append(
            (
                item.ConceptNameCodeSequence[0].CodeMeaning,
                method and method.ConceptCodeSequence[0].CodeMeaning,
                float(value.NumericValue),
                value.MeasurementUnitsCodeSequence[0].CodeValue,
            )
        )
    return found


def test_it_is_an_unverified_preliminary_measurement_report(document: Comprehensive3DSR) -> None:
    assert document.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    assert (document.VerificationFlag, document.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    assert "UNVERIFIED" in document.SeriesDescription
    assert "VerifyingObserverSequence" not in document


def test_the_volumes_are_coded_in_millilitres_with_their_method(result: DicomResult) -> None:
    report = result.analysis.report
    measured = numbers(group_of(result.read("structured_report"), "haematoma"))

    assert measured[0] == (
        "Volume",
        "Sum of segmented voxel method for volume",
        pytest.approx(report.haematoma_ml, abs=5e-4),
        "mL",
    )
    assert report.abc_over_2 is not None
    name, method, value, unit = measured[1]
    assert (name, method, unit) == ("Volume", "ABC/2 of the largest lesion", "mL")
    assert value == pytest.approx(report.abc_over_2.volume_ml, abs=5e-4)
    lengths = [value for _, _, value, unit in measured[2:] if unit == "mm"]
    expected = (report.abc_over_2.a_mm, report.abc_over_2.b_mm, report.abc_over_2.c_mm)
    assert lengths == pytest.approx(list(expected), abs=5e-4)
    assert lengths[0] * lengths[1] * lengths[2] / 2000 == pytest.approx(value, rel=1e-3)


def test_highdicom_finds_each_lesion_by_its_tracking_uid_with_its_segment(
    result: DicomResult, document: Comprehensive3DSR
) -> None:
    segmentation = result.read("segmentation")
    for segment in segmentation.SegmentSequence:
        (group,) = document.content.get_volumetric_roi_measurement_groups(tracking_uid=segment.TrackingUID)
        reference = group.referenced_segment[0].ReferencedSOPSequence[0]
        assert reference.ReferencedSOPInstanceUID == segmentation.SOPInstanceUID
        assert reference.ReferencedSegmentNumber == segment.SegmentNumber
        assert group.finding_type.value == segment.SegmentedPropertyTypeCodeSequence[0].CodeValue
        assert group.finding_sites[0].topographical_modifier is None
    assert segmentation.SegmentSequence[0].TrackingUID == result.analysis.report.tracking_uid


def test_a_device_observed_and_each_group_names_the_algorithm(document: Comprehensive3DSR) -> None:
    (context,) = document.content.get_observer_contexts(observer_type=codes.DCM.Device)
    assert context.observer_identifying_attributes.manufacturer_name == "DeepHemorrhageNet"
    groups = list(items(document, "CONTAINER", "Measurement Group"))
    assert len(groups) == 3  # the study, haematoma, oedema
    for group in groups:
        assert next(items(group, "TEXT", "Algorithm Name")).TextValue == "threshold_network"
        assert next(items(group, "TEXT", "Algorithm Version")).TextValue == "1.0.0"


def test_the_study_as_a_whole_is_judged_and_every_review_flag_is_a_comment(result: DicomResult, tmp_path: Path) -> None:
    flags = [ReviewFlag(code="one", detail="Look here."), ReviewFlag(code="two", detail="And there.")]
    for suspected, meaning in ((True, "Present"), (False, "Absent")):
        changed = rewritten(result, tmp_path, haemorrhage_suspected=suspected, review_flags=flags)
        group = group_of(changed, "haemorrhage")
        assert next(items(group, "CODE", "Presence of property")).ConceptCodeSequence[0].CodeMeaning == meaning
        comments = [item.TextValue for item in items(group, "TEXT", "Comment")]
        assert "Research use only" in comments[0]
        assert comments[1:] == ["one: Look here.", "two: And there."]


def test_each_type_of_bleeding_has_a_probability_and_no_diagnosis(result: DicomResult, tmp_path: Path) -> None:
    shares = {"any": 0.987, "IPH": 0.5, "IVH": 0.25, "SAH": 0.125, "SDH": 0.0, "EDH": 1.0, "new": 0.75}
    changed = rewritten(result, tmp_path, type_probabilities=shares)

    found = numbers(group_of(changed, "haemorrhage"))
    assert [value for _, _, value, _ in found] == list(shares.values())
    assert {unit for *_, unit in found} == {"1"}
    assert found[2][0] == "Probability of intraventricular haemorrhage"
    findings = [item.ConceptCodeSequence[0].CodeMeaning for item in items(changed, "CODE", "Finding")]
    assert findings == ["Intracranial hemorrhage (disorder)", "Hematoma", "Edema"]


def test_without_a_segmentation_the_numbers_stand_alone(result: DicomResult, tmp_path: Path) -> None:
    changed = rewritten(result, tmp_path)

    assert numbers(group_of(changed, "haematoma"))[0][3] == "mL"
    assert not list(items(changed, "IMAGE"))


def test_a_head_without_a_bleed_has_a_report_that_says_so(tmp_path: Path) -> None:
    bloodless = small_head(pixels=128, row_spacing_mm=1.8, column_spacing_mm=1.8, bleed=None)
    result = analysed_series(tmp_path, bloodless, network=ThresholdNetwork(any_probability=0.01))
    document = result.read("structured_report")

    (group,) = items(document, "CONTAINER", "Measurement Group")
    assert next(items(group, "CODE", "Presence of property")).ConceptCodeSequence[0].CodeMeaning == "Absent"
    assert result.analysis.report.tracking_uid is None


def test_all_images_and_the_segmentation_are_evidence(result: DicomResult) -> None:
    (study,) = result.read("structured_report").CurrentRequestedProcedureEvidenceSequence
    listed = {
        item.ReferencedSOPInstanceUID
        for series in study.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    }

    assert study.StudyInstanceUID == result.sources[0].StudyInstanceUID
    assert len(result.sources) == HEAD.slices
    assert listed == {source.SOPInstanceUID for source in result.sources} | {result.read("segmentation").SOPInstanceUID}


def test_every_public_code_is_in_dicoms_own_dictionary() -> None:
    """A mistyped SNOMED code would name another finding; pydicom's dictionary is generated from PS3.16."""
    named = [value for value in vars(coding).values() if isinstance(value, Code)]
    named += [*coding.ABC_AXES.values(), *coding.LESIONS.values()]
    assert len(named) > 15
    dictionaries = {"SCT": codes.SCT, "DCM": codes.DCM, "UCUM": codes.UCUM}
    for code in named:
        if code.scheme_designator == SCHEME or code in (coding.MILLILITRE, coding.UNITY):
            continue  # pydicom's dictionary has neither unit by itself
        dictionary = dictionaries[code.scheme_designator]
        assert any(getattr(dictionary, name) == code for name in dictionary.dir()), code
