from datetime import UTC, datetime

import pytest
from pydicom import Dataset, config

from services.ct_segmentation.reading.acquired_at import acquired_at


def header(**elements: str) -> Dataset:
    dataset = Dataset()
    with config.disable_value_validation():  # scanners write what the standard forbids
        for keyword, value in elements.items():
            setattr(dataset, keyword, value)
    return dataset


def test_the_scanners_own_offset_from_utc_is_heeded() -> None:
    found = header(AcquisitionDate="20250304", AcquisitionTime="050607.25", TimezoneOffsetFromUTC="+0130")
    assert acquired_at(found) == datetime(2025, 3, 4, 3, 36, 7, tzinfo=UTC)


def test_a_date_and_time_in_one_element_may_carry_its_offset_itself() -> None:
    found = header(AcquisitionDateTime="20250304050607-0500", TimezoneOffsetFromUTC="+0130")
    assert acquired_at(found) == datetime(2025, 3, 4, 10, 6, 7, tzinfo=UTC)


def test_a_clock_of_unknown_zone_shows_the_time_zone_of_the_process() -> None:
    found = acquired_at(header(AcquisitionDate="20250304", AcquisitionTime="050607"))
    assert found is not None
    assert found.astimezone().replace(tzinfo=None) == datetime(2025, 3, 4, 5, 6, 7)


def test_what_is_closest_to_the_scan_is_believed_first() -> None:
    found = header(
        StudyDate="20250303",
        StudyTime="230000",
        ContentDate="20250304",
        ContentTime="0506",
        TimezoneOffsetFromUTC="+0000",
    )
    assert acquired_at(found) == datetime(2025, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"StudyDate": "20250304"},
        {"StudyDate": "20250231", "StudyTime": "120000"},
        {"StudyDate": "", "StudyTime": ""},
        {"AcquisitionDateTime": "yesterday"},
        {"AcquisitionDateTime": "00010101000000+1400"},
    ],
)
def test_what_names_no_moment_that_can_be_gives_none(elements: dict[str, str]) -> None:
    assert acquired_at(header(**elements)) is None
