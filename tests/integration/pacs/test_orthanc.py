"""Orthanc with the deployment's own configuration: who may send, who may look."""

import httpx
import pytest

from services.pacs_bridge.errors import PacsGoneError, PacsSignInError, PacsUnavailableError, ResultNotStoredError
from services.pacs_bridge.orthanc import Orthanc
from tests.fixtures.dicom_series import DicomOptions, dicom_files
from tests.fixtures.head_phantom import small_head
from tests.fixtures.pacs import BRIDGE, PrivateOrthanc, contents
from tests.fixtures.servers import free_port, wait_until

VOLUME = small_head().volume
FILES = dicom_files(VOLUME.hu, VOLUME.affine, DicomOptions())


@pytest.fixture
def pacs(orthanc: PrivateOrthanc):
    client = Orthanc(orthanc.url, *BRIDGE)
    yield client
    client.close()


def test_a_modality_on_the_list_may_store(orthanc: PrivateOrthanc) -> None:
    sent = orthanc.send(FILES[:3])
    assert sent.returncode == 0, sent.stderr
    assert len(orthanc.instances("CT")) == 3


@pytest.mark.parametrize(
    ("caller", "called", "reason"),
    [
        ("CT_FOREIGN", "DHN", "Calling AE Title Not Recognized"),
        ("CT_ALLOWED", "OTHER", "Called AE Title Not Recognized"),
    ],
)
def test_nobody_else_may_and_nobody_under_another_name(
    orthanc: PrivateOrthanc, caller: str, called: str, reason: str
) -> None:
    sent = orthanc.send(FILES[:1], caller, called)
    assert sent.returncode != 0
    assert reason in sent.stderr
    assert orthanc.instances("CT") == []


def test_nothing_is_answered_without_a_password(orthanc: PrivateOrthanc) -> None:
    for address in ("/", "/system", "/changes", "/patients", "/dicom-web/studies", "/app/explorer.html"):
        assert httpx.get(orthanc.url + address).status_code == 401, address
    assert httpx.get(orthanc.url + "/system", auth=("orthanc", "orthanc")).status_code == 401
    assert httpx.post(orthanc.url + "/tools/execute-script", auth=BRIDGE, content="print(1)").status_code == 403


def test_changes_come_in_order_and_go_on_where_one_left_off(orthanc: PrivateOrthanc, pacs: Orthanc) -> None:
    orthanc.send(FILES[:3])
    wait_until(lambda: any(change.kind == "StableSeries" for change in pacs.changes(0)), "the series is stable")
    changes = pacs.changes(0)
    assert [change.number for change in changes] == sorted(change.number for change in changes)
    assert pacs.changes(changes[2].number) == changes[3:]
    assert pacs.changes(pacs.newest_change()) == []


def test_a_series_is_described_and_its_instances_come_as_they_are_stored(
    orthanc: PrivateOrthanc, pacs: Orthanc
) -> None:
    orthanc.send(FILES)
    [change] = [change for change in pacs.changes(0) if change.kind == "NewSeries"]
    series = pacs.series(change.orthanc_id)
    assert (series.caller, series.is_stable) == ("CT_ALLOWED", False)
    instances = pacs.instances(change.orthanc_id)
    assert [one.number for one in instances] == list(range(1, len(FILES) + 1))
    tags = pacs.tags(instances[0])
    fetched = b"".join(
        pacs.retrieve(tags["StudyInstanceUID"], tags["SeriesInstanceUID"], instances[0].sop_instance_uid)
    )
    assert fetched == orthanc.file(instances[0].orthanc_id)


def test_an_object_stored_twice_is_there_once(orthanc: PrivateOrthanc, pacs: Orthanc) -> None:
    orthanc.send(FILES[:1])
    [instance] = orthanc.instances("CT")
    content = orthanc.file(instance)
    uid = orthanc.http.get(f"/instances/{instance}/simplified-tags").json()["SOPInstanceUID"]
    pacs.store(content, uid)
    pacs.store(content, uid)
    assert orthanc.instances("CT") == [instance]


def test_what_is_no_dicom_is_not_stored(pacs: Orthanc) -> None:
    with pytest.raises(ResultNotStoredError, match="status 400"):
        pacs.store(bytes(500), "1.2.3")


def test_a_modality_may_store_over_the_web(orthanc: PrivateOrthanc) -> None:
    assert orthanc.stow(contents(FILES[:1])[0]).status_code == 200
    assert orthanc.stow(contents(FILES[:1])[0], ("modality", "wrong")).status_code == 401
    assert len(orthanc.instances("CT")) == 1


def test_each_way_of_failing_has_its_name(orthanc: PrivateOrthanc, pacs: Orthanc) -> None:
    with pytest.raises(PacsGoneError):
        pacs.series("12849c1b-ba8e56f2-f0f8aa83-d4fa929e-e56dc8a4")
    with pytest.raises(PacsGoneError):
        list(pacs.retrieve("1.2", "1.3", "1.4"))
    for client, error in (
        (Orthanc(orthanc.url, "pacs-bridge", "wrong"), PacsSignInError),
        (Orthanc(f"http://127.0.0.1:{free_port()}", *BRIDGE), PacsUnavailableError),
    ):
        with pytest.raises(error):
            client.changes(0)
        client.close()
