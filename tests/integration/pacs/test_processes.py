"""C-STORE in, finding on the platform, DICOM results back: through real processes, killed at any moment."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.contracts.states import PacsState
from shared.database.engine import Database
from shared.database.tables import AuditEntry, PacsObject, PacsSeries, Study
from tests.fixtures.dicom_series import DicomOptions, dicom_files
from tests.fixtures.head_phantom import HeadPhantom, small_head
from tests.fixtures.pacs import PrivateOrthanc, bridge_settings, contents, let_bridge_in
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis, wait_until

# Bounds only how long a failure takes to show.
PATIENCE_S = 280
RESULTS = {"SEG": "segmentation", "SR": "structured_report"}


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateOrthanc]:
    server = PrivateOrthanc(tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def platform(
    orthanc: PrivateOrthanc,
    mariadb: PrivateMariaDb,
    shared_redis: PrivateRedis,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PlatformProcesses]:
    # The lease of production: here the worker is none of those that are killed.
    settings = {**bridge_settings(orthanc), "job_lease_s": "30"}
    broker_url = shared_redis.url.removesuffix("/0") + "/5"
    processes = PlatformProcesses(tmp_path_factory.mktemp("platform"), mariadb.fresh_database(), broker_url, **settings)
    processes.prepare()
    let_bridge_in(processes, settings)
    processes.start_gateway()
    processes.start_worker()
    yield processes
    processes.stop_all()


@pytest.fixture(scope="module")
def rows(platform: PlatformProcesses) -> Iterator[Database]:
    database = Database(platform.database_url)
    yield database
    database.close()


@pytest.fixture
def bridge(platform: PlatformProcesses) -> Iterator[None]:
    process = platform.start_worker("services.pacs_bridge")
    yield
    process.terminate()
    assert process.wait(30) == 0, "told to stop, it ends well"


def head(number: int) -> list:
    """A generated head with a bleed, as the series of patient ``PHANTOM<number>``."""
    phantom: HeadPhantom = small_head(pixels=128, row_spacing_mm=1.8, column_spacing_mm=1.8)
    return dicom_files(phantom.volume.hu, phantom.affine, DicomOptions(study_seed=number))


def rows_of(rows: Database, number: int) -> list[PacsSeries]:
    with rows.reading() as session:
        of_study = PacsSeries.study_instance_uid.endswith(f".1571.{number}")
        return list(session.scalars(select(PacsSeries).where(of_study, PacsSeries.instances > 1)))


def done(rows: Database, number: int) -> bool:
    return any(row.state == PacsState.DONE for row in rows_of(rows, number))


def check_once(rows: Database, client: PlatformClient, orthanc: PrivateOrthanc, number: int) -> dict[str, Any]:
    """One study, one upload, one finding, and its results in Orthanc once each; the finding."""
    [row] = rows_of(rows, number)
    with rows.reading() as session:
        studies = session.scalar(select(func.count()).select_from(Study).where(Study.patient_id == row.patient_id))
        uploaded = AuditEntry.resource == f"study/{row.study_id}"
        uploads = session.scalar(
            select(func.count()).select_from(AuditEntry).where(uploaded, AuditEntry.action == "study.uploaded")
        )
        objects = session.scalars(select(PacsObject).where(PacsObject.finding_id == row.finding_id)).all()
    assert (studies, uploads) == (1, 1)
    [finding] = client.findings(str(row.study_id))
    assert {one.role for one in objects} >= set(RESULTS.values())
    assert all(one.stored_at is not None for one in objects)
    for modality, role in RESULTS.items():
        query = {"Level": "Instance", "Query": {"StudyInstanceUID": row.study_instance_uid, "Modality": modality}}
        [instance] = orthanc.http.post("/tools/find", json=query).json()
        served = client.http.get(f"/findings/{finding['id']}/{role}.dcm")
        assert orthanc.file(instance) == served.content, f"{modality} in Orthanc is not the platform's"
    return finding


@pytest.mark.usefixtures("bridge")
def test_a_stored_series_ends_with_its_results_in_the_pacs_and_stays_so(
    platform: PlatformProcesses, rows: Database, orthanc: PrivateOrthanc
) -> None:
    client = platform.client()
    assert orthanc.send(head(101)).returncode == 0
    wait_until(lambda: done(rows, 101), "results are stored back", patience_s=PATIENCE_S)
    finding = check_once(rows, client, orthanc, 101)
    assert finding["report"]["study_instance_uid"].endswith(".101")
    # The results come to rest in Orthanc themselves, as does their study; a later series shows that they are past.
    assert orthanc.send(head(102)).returncode == 0
    wait_until(lambda: done(rows, 102), "the next study is done", patience_s=PATIENCE_S)
    check_once(rows, client, orthanc, 101)


@pytest.mark.usefixtures("bridge")
def test_a_series_stored_over_the_web_ends_the_same_way(
    platform: PlatformProcesses, rows: Database, orthanc: PrivateOrthanc
) -> None:
    for content in contents(head(103)):
        assert orthanc.stow(content).status_code == 200
    wait_until(lambda: done(rows, 103), "results are stored back", patience_s=PATIENCE_S)
    check_once(rows, platform.client(), orthanc, 103)


def test_killed_after_each_of_its_steps_the_bridge_does_each_once(
    platform: PlatformProcesses, rows: Database, orthanc: PrivateOrthanc
) -> None:
    """Killed -9 whenever something has moved, started again, until the way is at its end."""

    def seen() -> Any:
        with rows.reading() as session:
            objects = session.execute(select(PacsObject.sop_instance_uid, PacsObject.stored_at)).all()
        return [(row.state, row.job_id) for row in rows_of(rows, 104)], objects

    orthanc.send(head(104))
    kills = 0
    while not done(rows, 104):
        before = seen()
        process = platform.start_worker("services.pacs_bridge")
        wait_until(lambda before=before: seen() != before, "something moves", patience_s=PATIENCE_S)
        platform.kill(process)
        kills += 1
    assert kills >= 4, "arrived, handed over, answered, stored"
    check_once(rows, platform.client(), orthanc, 104)


def test_killed_in_the_middle_of_an_upload_it_leaves_nothing_behind(
    platform: PlatformProcesses, rows: Database, orthanc: PrivateOrthanc
) -> None:
    big = HeadPhantom(pixels=512)
    orthanc.send(dicom_files(big.volume.hu, big.affine, DicomOptions(study_seed=105)))
    staging = platform.artifacts / "staging"
    process = platform.start_worker("services.pacs_bridge")
    wait_until(lambda: any(staging.iterdir()), "the upload has begun", patience_s=PATIENCE_S)
    platform.kill(process)
    assert rows_of(rows, 105)[0].state == PacsState.SELECTED
    wait_until(lambda: not any(staging.iterdir()), "the gateway forgets the half of it")
    process = platform.start_worker("services.pacs_bridge")
    wait_until(lambda: done(rows, 105), "results are stored back", patience_s=PATIENCE_S)
    process.terminate()
    check_once(rows, platform.client(), orthanc, 105)


@pytest.mark.usefixtures("bridge")
def test_the_ledger_is_shown_without_anything_of_a_patient(
    platform: PlatformProcesses, rows: Database, orthanc: PrivateOrthanc
) -> None:
    orthanc.send(head(106))
    wait_until(lambda: done(rows, 106), "results are stored back", patience_s=PATIENCE_S)
    shown = platform.run("services.pacs_bridge", "series", "--study", "1.2.826.0.1.3680043.10.1571.106")
    assert '"state": "done"' in shown
    assert "PHANTOM" not in shown


def test_no_identifier_of_a_patient_or_study_is_logged(platform: PlatformProcesses) -> None:
    logs = [path.read_text() for path in platform.directory.glob("*.out")]
    assert sum("pacs_series_handed_over" in log for log in logs) >= 3
    assert not any(identifier in log for log in logs for identifier in ("PHANTOM", "Phantom", ".1571."))
