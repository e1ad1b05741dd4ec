import io
import zipfile

import pydicom

from benchmarks.study_to_alert.studies import bleed_of, bleeding_study


def test_ten_bleeds_are_ten_different_ones_of_a_size_that_alarms() -> None:
    volumes = [bleed_of(number).haematoma_ml for number in range(10)]
    assert len(set(volumes)) == 10
    assert 13 < min(volumes) < max(volumes) < 31


def test_studies_are_whole_heads_under_identifiers_of_their_own() -> None:
    identifiers = set()
    for number in (0, 1):
        with zipfile.ZipFile(io.BytesIO(bleeding_study(number, slices=2))) as archive:
            slices = [pydicom.dcmread(io.BytesIO(archive.read(name))) for name in archive.namelist()]
        assert [one.pixel_array.shape for one in slices] == [(512, 512)] * 2
        identifiers |= {one.StudyInstanceUID for one in slices}
    assert len(identifiers) == 2
