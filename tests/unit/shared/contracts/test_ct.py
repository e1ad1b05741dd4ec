from shared.contracts.ct import CtReport
from tests.fixtures.gateway import REPORT


def test_a_finding_stored_before_radiomics_were_measured_is_still_read() -> None:
    stored = {name: value for name, value in REPORT.items() if name != "radiomics"}

    assert CtReport.model_validate(stored).radiomics == {}


def test_radiomics_come_back_from_storage_as_they_went_in() -> None:
    haematoma = {"shape": {"MeshVolume": 12345.6}, "first_order": {"Mean": 58.25}}

    report = CtReport.model_validate({**REPORT, "radiomics": {"haematoma": haematoma}})

    assert CtReport.model_validate_json(report.model_dump_json()) == report
    assert report.radiomics["haematoma"].shape["MeshVolume"] == 12345.6
