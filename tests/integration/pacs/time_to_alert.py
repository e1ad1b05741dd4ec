"""Sends head CTs to a private Orthanc with dcmtk's storescu and measures when the platform speaks of them.

``python -m tests.integration.pacs.time_to_alert --help``. Real processes with the shipped network: MariaDB, Redis,
gateway, one worker, the bridge, Orthanc with the deployment's configuration. Prints its figures as JSON.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
from pydicom import dcmread

from tests.fixtures.dicom_series import DicomOptions, dicom_files
from tests.fixtures.head_phantom import HeadPhantom
from tests.fixtures.pacs import AE_TITLE, ALLOWED, PrivateOrthanc, bridge_settings, let_bridge_in
from tests.fixtures.platform import PlatformClient, PlatformProcesses
from tests.fixtures.servers import PrivateMariaDb, PrivateRedis, wait_until

# What dcmtk proposes for each transfer syntax (storescu --help): a file is sent as it is.
_PROPOSED = {
    "1.2.840.10008.1.2": "-xi",
    "1.2.840.10008.1.2.1": "-xe",
    "1.2.840.10008.1.2.4.70": "-xs",
    "1.2.840.10008.1.2.4.90": "-xv",
    "1.2.840.10008.1.2.5": "-xr",
}
_PATIENCE_S = 900


class Listener:
    """Hears the platform's events from now on, as a page does; ``heard`` holds when (monotonic seconds) and what."""

    def __init__(self, client: PlatformClient) -> None:
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self._client = client
        open_ = threading.Event()
        threading.Thread(target=self._listen_on, args=(open_,), daemon=True).start()
        assert open_.wait(30)

    def first(self, kind: str, since: int) -> float | None:
        """When the first event of this type came after the first ``since`` events."""
        return next((at for at, event in self.heard[since:] if event["type"] == kind), None)

    def _listen_on(self, open_: threading.Event) -> None:
        with suppress(httpx.TransportError, RuntimeError):  # the client was closed: all is measured
            self._listen(open_)

    def _listen(self, open_: threading.Event) -> None:
        last_id: dict[str, str] = {}
        while not self._client.http.is_closed:  # a stream lasts ten minutes at most
            with self._client.http.stream("GET", "/events", headers=last_id, timeout=60) as stream:
                for line in stream.iter_lines():
                    if line.startswith("id:"):
                        last_id = {"Last-Event-ID": line.removeprefix("id:").strip()}
                        open_.set()
                    if line.startswith("data:"):
                        self.heard.append((time.monotonic(), json.loads(line.removeprefix("data:"))))


class Measurement:
    """The platform and its PACS, and what happens to each study sent."""

    def __init__(self, directory: Path, stable_age_s: int, running: ExitStack) -> None:
        mariadb, redis = PrivateMariaDb(directory / "mariadb"), PrivateRedis(directory / "redis")
        self.orthanc = PrivateOrthanc(directory / "orthanc", stable_age_s)
        for server in (mariadb, redis, self.orthanc):
            server.start()
            running.callback(server.stop)
        # Polled, waited and leased as in production.
        settings = {
            **bridge_settings(self.orthanc),
            "pacs_poll_s": "1",
            "pacs_patience_s": "30",
            "pacs_priority": "stat",
            "job_lease_s": "30",
            "job_retry_delay_s": "5",
            "job_resend_after_s": "60",
        }
        self.platform = PlatformProcesses(directory / "platform", mariadb.fresh_database(), redis.url, **settings)
        running.callback(self.platform.stop_all)
        self.platform.prepare()
        let_bridge_in(self.platform, settings)
        self.platform.start_gateway()
        self.platform.start_worker()
        self.platform.start_worker("services.pacs_bridge")
        self.client = self.platform.client()
        self.listener = Listener(self.client)

    def send(self, paths: list[Path]) -> dict[str, Any]:
        """Send one study; seconds from the end of the association, which follows the last slice at once."""
        head = dcmread(paths[0], stop_before_pixels=True)
        option = _PROPOSED[str(head.file_meta.TransferSyntaxUID)]
        since, began_s = len(self.listener.heard), time.monotonic()
        sent = self.orthanc.send(paths, ALLOWED, AE_TITLE, option)
        assert sent.returncode == 0, sent.stderr
        last_slice_s = time.monotonic()
        wait_until(lambda: self._has_ended(since), "the job ends", _PATIENCE_S)
        wait_until(lambda: self._stored(str(head.StudyInstanceUID)) is not None, "results in Orthanc", _PATIENCE_S)
        stored_s = time.monotonic()
        time.sleep(1)  # an alert is told with the finding, in the same transaction

        def seconds(kind: str) -> float | None:
            at = self.listener.first(kind, since)
            return None if at is None else round(at - last_slice_s, 2)

        return {
            "slices": len(paths),
            "seconds_to_send": round(last_slice_s - began_s, 2),
            "seconds_from_last_slice": {
                "handed_over": seconds("study.created"),
                "worker_begins": seconds("job.running"),
                "finding": seconds("finding.created"),
                "alert": seconds("alert.opened"),
                "results_in_orthanc": round(stored_s - last_slice_s, 2),
            },
            "outcome": self._outcome(since),
            "in_orthanc": self._stored(str(head.StudyInstanceUID)),
        }

    def _has_ended(self, since: int) -> bool:
        return any(self.listener.first(f"job.{end}", since) for end in ("succeeded", "refused", "failed"))

    def _outcome(self, since: int) -> dict[str, Any]:
        job_id = next(event["job_id"] for _, event in self.listener.heard[since:] if event["type"] == "job.queued")
        job = self.client.job(job_id)
        report = [finding["report"] for finding in self.client.findings(job["study_id"])]
        return {
            "job": job["state"],
            "error": job["error"],
            "haematoma_ml": [one["haematoma_ml"] for one in report],
            "suspected": [one["haemorrhage_suspected"] for one in report],
            "alerts": [one["code"] for one in self.client.alerts() if one["study_id"] == job["study_id"]],
        }

    def _stored(self, study_uid: str) -> dict[str, int] | None:
        """How many objects Orthanc has of each modality; None until the report is among them."""
        query = {"Level": "Series", "Query": {"StudyInstanceUID": study_uid}, "Expand": True}
        found: dict[str, int] = {}
        for series in self.orthanc.http.post("/tools/find", json=query).json():
            modality = series["MainDicomTags"]["Modality"]
            found[modality] = found.get(modality, 0) + len(series["Instances"])
        return found if "SR" in found else None


def studies(zips: list[Path], generated: int, directory: Path) -> Iterator[tuple[str, list[Path]]]:
    """The studies to send: name and files."""
    for number, path in enumerate(zips):
        folder = directory / f"zip-{number}"
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        yield path.stem, sorted(file for file in folder.rglob("*") if file.is_file())
    for number in range(generated):
        phantom = HeadPhantom(seed=number + 1)
        folder = directory / f"generated-{number}"
        folder.mkdir()
        options = DicomOptions(study_seed=900 + number)
        paths = []
        for file in dicom_files(phantom.volume.hu, phantom.affine, options):
            with file.open() as stream:
                paths.append(folder / file.name)
                paths[-1].write_bytes(stream.read())
        yield f"generated head {number + 1}", paths


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.integration.pacs.time_to_alert", description=__doc__)
    parser.add_argument("zips", type=Path, nargs="*", metavar="ZIP", help="a study of DICOM files")
    parser.add_argument("--generated", type=int, default=0, help="so many generated heads with a bleed besides")
    parser.add_argument("--stable-age", type=int, default=10, help="Orthanc's StableAge in seconds (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dhn-time-") as directory, ExitStack() as running:
        measurement = Measurement(Path(directory), options.stable_age, running)
        for name, paths in studies(options.zips, options.generated, Path(directory)):
            figures = {"study": name, "stable_age_s": options.stable_age, **measurement.send(paths)}
            sys.stdout.write(json.dumps(figures, indent=2) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
