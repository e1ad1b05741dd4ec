import uuid

import pytest
from pydicom.sr.codedict import codes as dictionary

from gateway.exchange import codes
from gateway.exchange.codes import Code

IN_DICOMS_DICTIONARY = {
    codes.BRAIN: dictionary.SCT.Brain,
    codes.VOLUME: dictionary.SCT.Volume,
    codes.LONG_AXIS: dictionary.SCT.LongAxis,
    codes.PERPENDICULAR_AXIS: dictionary.SCT.PerpendicularAxis,
    codes.HEIGHT: dictionary.DCM.Height,
    codes.VOXEL_SUM: dictionary.DCM.SumOfSegmentedVoxelMethodForVolume,
    codes.STUDY_UID: dictionary.DCM.StudyInstanceUID,
    codes.SERIES_UID: dictionary.DCM.SeriesInstanceUID,
    codes.TRACKING_UID: dictionary.DCM.TrackingUniqueIdentifier,
}


@pytest.mark.parametrize("code", IN_DICOMS_DICTIONARY, ids=lambda code: code.display)
def test_snomed_and_dicom_codes_mean_what_dicoms_dictionary_says(code: Code) -> None:
    known = IN_DICOMS_DICTIONARY[code]
    assert (code.system.name, code.value, code.display) == (known.scheme_designator, known.value, known.meaning)


def test_the_local_code_system_is_an_oid_made_of_a_random_uuid() -> None:
    assert uuid.UUID(int=int(codes.LOCAL.uri.removeprefix("urn:oid:2.25."))).version == 4
