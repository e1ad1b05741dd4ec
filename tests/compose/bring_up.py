"""Brings the whole stack up for real and uses it: ``python -m tests.compose.bring_up --help``.

Needs a Docker engine with compose v2. Works under a project name and ports of its own and removes all it made.
Prints what it measured as JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from services.pacs_bridge.multipart import related
from tests.compose.hardening import check_containers, images, memory, published_ports
from tests.compose.stack import Stack
from tests.fixtures.dicom_series import UID_ROOT, DicomOptions, dicom_files
from tests.fixtures.face_videos import a_face_video, a_person, a_scene
from tests.fixtures.head_phantom import small_head
from tests.fixtures.pacs import AE_TITLE, ALLOWED, storescu, written
from tests.fixtures.platform import PlatformClient
from tests.fixtures.servers import wait_until
from tests.fixtures.studies import bleeding_head_zip, small_head_zip, true_haematoma_ml


class BringUp:
    """The steps in their order; each asserts, and notes what it measured."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.base_url = f"http://127.0.0.1:{stack.port}"
        self.figures: dict[str, Any] = {}
        self.finished: list[str] = []  # jobs that succeeded, which nothing may lose

    def all_steps(self) -> list[Callable[[], object]]:
        """In the order of a life: start, use, look, break, save, lose, restore."""
        return [
            *(self.start, self.harden, self.answer_at_the_door, self.analyse_a_study, self.read_a_video),
            *(self.stream_events, self.receive_from_modalities, self.watch),
            *(self.survive_restarts, self.survive_a_killed_worker),
            *(self.keep_data_over_down_and_up, self.restore_a_backup, self.speak_https),
        ]

    def start(self) -> object:
        """From nothing to healthy."""
        self.figures["seconds_to_healthy_first"] = self.stack.up()
        return self.figures["seconds_to_healthy_first"]

    def harden(self) -> object:
        """What the engine says of every container."""
        self.figures["users"] = check_containers(self.stack)
        self.figures["images"] = images(self.stack)
        published = published_ports(self.stack)
        assert {address.rsplit(":", 1)[0] for address in published.pop("proxy")} <= {"0.0.0.0", "::"}
        assert {address.rsplit(":", 1)[1] for address in published.pop("orthanc")} == {str(self.stack.dicom_port)}
        for service, addresses in published.items():
            assert service == "grafana", f"{service} is published at {addresses}"
            assert all(address.startswith("127.0.0.1:") for address in addresses), addresses
        return self.figures["images"]

    def answer_at_the_door(self) -> object:
        """The page with its headers; nothing internal; problems in the API's form."""
        page = httpx.get(self.base_url)
        assert page.status_code == 200
        assert '<div id="root">' in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert httpx.get(f"{self.base_url}/patients/some-address-of-the-page").text == page.text
        for internal in ("/metrics", "/health/ready", "/health/live"):
            assert httpx.get(self.base_url + internal).status_code == 404, internal
        refused = httpx.get(f"{self.base_url}/api/v1/patients")
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        policies = refused.headers.get_list("content-security-policy")
        assert len(policies) == 1, "proxy and gateway both send a policy"
        return policies

    def analyse_a_study(self) -> object:
        """A generated bleed goes in through the proxy, a finding comes out."""
        client, content = self.client(), bleeding_head_zip()
        started_s = time.monotonic()
        job = self.succeed(client, content, "stat")
        self.figures["seconds_study_to_finding"] = round(time.monotonic() - started_s, 1)
        finding = client.findings(job["study_id"])[0]
        self.figures["haematoma_ml"] = {"true": true_haematoma_ml(), "reported": finding["report"]["haematoma_ml"]}
        mask = client.http.get(f"/findings/{finding['id']}/mask.nii.gz")
        assert mask.content.startswith(b"\x1f\x8b")
        return self.figures["haematoma_ml"]

    def read_a_video(self) -> object:
        """A generated face goes in through the proxy, its heart rate comes out, drawn."""
        client = self.client()
        with tempfile.TemporaryDirectory() as directory:
            scene = a_scene(a_person(84.0, pulsation=0.01), duration_s=14.0)
            started_s = time.monotonic()
            accepted = client.film(client.add_patient()["id"], a_face_video(Path(directory) / "face.mp4", scene))
        ended = client.wait_for(accepted["job"]["id"], patience_s=240)
        self.figures["seconds_video_to_heart_rate"] = round(time.monotonic() - started_s, 1)
        assert ended["state"] == "succeeded", ended
        reading = client.video(accepted["video"]["id"])["reading"]
        self.figures["heart_rate_bpm"] = {"true": 84.0, "reported": reading["report"]["bpm"]}
        trend = client.http.get(f"/heart-rate-readings/{reading['id']}/trend.png")
        assert trend.content.startswith(b"\x89PNG")
        return self.figures["heart_rate_bpm"]

    def stream_events(self) -> object:
        """Events pass the proxy when they happen, not when the stream ends."""
        client = self.client()
        seen_s: list[float] = []

        def listen() -> None:
            with client.http.stream("GET", "/events", timeout=60) as stream:
                for line in stream.iter_lines():
                    if line.startswith("event: study.created"):
                        seen_s.append(time.monotonic())
                        return

        listener = threading.Thread(target=listen)
        listener.start()
        time.sleep(2)  # the stream must be open before something happens
        self.succeed(client, small_head_zip(), "routine", meanwhile=lambda: listener.join(30))
        assert seen_s, "no event came through the proxy"
        return "an event arrived while its stream was open"

    def receive_from_modalities(self) -> object:
        """Nobody is on the list at first; then one is; what comes by DICOM and over the web ends with results."""
        with tempfile.TemporaryDirectory() as directory:
            heads = {n: _head(n, Path(directory) / str(n)) for n in (1, 2)}
            assert storescu(heads[1], self.stack.dicom_port, ALLOWED, AE_TITLE).returncode != 0
            allowed = Path(directory) / "modalities.json"
            allowed.write_text(json.dumps({"DicomModalities": {"ct": [ALLOWED, "10.0.0.1", 104]}}))
            Path(directory).chmod(0o755)
            self.stack.use(DHN_PACS_MODALITIES=str(allowed))
            self.stack.up()
            assert storescu(heads[1], self.stack.dicom_port, "OTHER", AE_TITLE).returncode != 0
            assert storescu(heads[1], self.stack.dicom_port, ALLOWED, "OTHER").returncode != 0
            started_s = time.monotonic()
            assert storescu(heads[1], self.stack.dicom_port, ALLOWED, AE_TITLE).returncode == 0
            self.wait_for_results(1)
            self.figures["seconds_c_store_to_results"] = round(time.monotonic() - started_s, 1)
            with httpx.Client(auth=("modality", self.stack.password("orthanc/modality_password"))) as http:
                for path in heads[2]:
                    assert self.stow(http, path).status_code == 200
                for address in ("/dicom-web/studies", "/dicom-web/studies/1.2/series", "/instances", "/system"):
                    answer = http.get(self.base_url + address)
                    assert answer.status_code == 403 or answer.text.startswith("<!doctype html>"), address
            assert self.stow(httpx, heads[2][0]).status_code == 401
            self.wait_for_results(2)
        self.stack.use(DHN_PACS_MODALITIES="")
        self.stack.up()
        return self.figures["seconds_c_store_to_results"]

    def watch(self) -> object:
        """Prometheus sees every part, knows its rules, and saw the jobs."""

        def states() -> dict[str, str]:
            active = self.stack.fetch("http://prometheus:9090/api/v1/targets")["data"]["activeTargets"]
            return {target["labels"]["job"]: target["health"] for target in active}

        expected = {
            "gateway",
            "ct_segmentation",
            "ct_segmentation_stat",
            "heart_rate",
            "pacs_bridge",
            "risk_scoring",
            "prometheus",
            "alertmanager",
        }
        wait_until(lambda: expected <= {job for job, health in states().items() if health == "up"}, "targets up")
        wait_until(lambda: bool(self.stack.query("sum(dhn_job_attempts_total{outcome='succeeded'}) >= 2")), "jobs seen")
        groups = self.stack.fetch("http://prometheus:9090/api/v1/rules")["data"]["groups"]
        assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
        alerts = self.stack.query("ALERTS{alertstate='firing'}")
        firing = {alert["metric"]["alertname"] for alert in alerts}
        assert firing == {"Watchdog"}, firing
        wait_until(
            lambda: bool(self.stack.fetch("http://alertmanager:9093/api/v2/alerts")), "Alertmanager has the watchdog"
        )
        self.figures["targets"] = states()
        self.figures["memory"] = memory(self.stack)
        return self.figures["targets"]

    def survive_restarts(self) -> object:
        """Gateway, Redis and worker start again around a running study."""
        client = self.client()
        self.stack.compose("stop", "redis")
        job = client.submit([("study.zip", small_head_zip())])  # taken although the broker is away
        self.stack.compose("restart", "gateway")
        self.stack.compose("start", "redis")
        self.wait_for_gateway()
        self.stack.compose("restart", "ct_segmentation")
        assert client.wait_for(job["id"], patience_s=180)["state"] == "succeeded"
        self.finished.append(job["id"])
        return "a study sent while Redis was away has its finding"

    def survive_a_killed_worker(self) -> object:
        """A worker dies in the middle of a study; its job ends once, by the next process."""
        client = self.client()
        job = client.submit([("study.zip", bleeding_head_zip())])
        client.wait_for(job["id"], "running")
        self.stack.run("docker", "kill", "--signal", "KILL", self.stack.running()["ct_segmentation"]["Id"])
        killed_s = time.monotonic()
        # A container that was killed by hand is not started again by its policy.
        self.stack.compose("start", "ct_segmentation")
        ended = client.wait_for(job["id"], patience_s=240)
        self.figures["seconds_from_killed_worker_to_finding"] = round(time.monotonic() - killed_s, 1)
        assert (ended["state"], ended["attempts"]) == ("succeeded", 2), ended
        assert len(client.findings(ended["study_id"])) == 1
        self.finished.append(job["id"])
        return self.figures["seconds_from_killed_worker_to_finding"]

    def keep_data_over_down_and_up(self) -> object:
        """Containers go, volumes stay: the same password signs in, the findings are there."""
        self.stack.compose("down", "--timeout", "60")
        self.figures["seconds_to_healthy_again"] = self.stack.up()
        self.check_findings()
        return self.figures["seconds_to_healthy_again"]

    def restore_a_backup(self) -> object:
        """Back up, lose every volume, start afresh with new passwords, restore."""
        old_password = self.stack.password()
        with tempfile.TemporaryDirectory() as directory:
            self.stack.run("deploy/backup/backup.sh", directory)
            [backup] = Path(directory).iterdir()
            self.figures["backup_files"] = {file.name: file.stat().st_size for file in backup.iterdir()}
            self.stack.remove()
            self.stack.up()
            assert self.stack.password() != old_password
            self.stack.run("deploy/backup/restore.sh", str(backup), "--yes")
        self.stack.up()
        self.check_findings(password=old_password)  # users and their passwords are part of the backup
        return self.figures["backup_files"]

    def speak_https(self) -> object:
        """The overlay for TLS: HTTPS with a certificate, secure cookies, plain HTTP only redirects."""
        with tempfile.TemporaryDirectory() as directory:
            _self_signed(Path(directory))
            self.stack.use([Path("deploy/docker/compose.tls.yml")], DHN_TLS_DIRECTORY=directory)
            self.stack.up()
            plain = httpx.get(self.base_url + "/patients")
            assert (plain.status_code, plain.headers["location"]) == (308, "https://127.0.0.1/patients")
            with httpx.Client(base_url=f"https://127.0.0.1:{self.stack.https_port}", verify=False) as client:
                page = client.get("/")
                assert "max-age" in page.headers["strict-transport-security"]
                wrong = client.post("/api/v1/sessions", json={"username": "admin", "password": "wrong"})
                assert wrong.status_code == 401
            self.stack.compose("stop", "proxy")
        return page.headers["strict-transport-security"]

    def client(self, password: str | None = None) -> PlatformClient:
        """Somebody signed in through the proxy."""
        return PlatformClient(self.base_url, "admin", password or self.stack.password())

    def succeed(
        self, client: PlatformClient, content: bytes, priority: str, meanwhile: Callable[[], object] = lambda: None
    ) -> dict[str, Any]:
        """Send a study and wait for its success."""
        job = client.submit([("study.zip", content)], priority)
        meanwhile()
        ended = client.wait_for(job["id"], patience_s=240)
        assert ended["state"] == "succeeded", ended
        self.finished.append(job["id"])
        return ended

    def stow(self, http: Any, path: Path) -> httpx.Response:
        """Store a file through the proxy, as a modality does over the web."""
        headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=cut'}
        answer: httpx.Response = http.post(
            f"{self.base_url}/dicom-web/studies", content=related(path.read_bytes(), "cut"), headers=headers
        )
        return answer

    def wait_for_results(self, number: int) -> None:
        """Until the bridge says that the results of a generated head are back in Orthanc."""
        study = ["--study", f"{UID_ROOT}{number}", "--state", "done"]
        command = ["exec", "--no-TTY", "pacs_bridge", "python", "-m", "services.pacs_bridge", "series", *study]
        wait_until(lambda: '"done"' in self.stack.compose(*command), "results are stored back", patience_s=240)

    def wait_for_gateway(self) -> None:
        """Until the proxy reaches the gateway again."""
        wait_until(lambda: httpx.get(f"{self.base_url}/api/v1/patients").status_code == 401, "the gateway is back")

    def check_findings(self, password: str | None = None) -> None:
        """Every job that ever succeeded still has its finding, with its images."""
        client = self.client(password)
        for job_id in self.finished:
            [finding] = client.findings(client.job(job_id)["study_id"])
            assert client.http.get(f"/findings/{finding['id']}/preview.png").content.startswith(b"\x89PNG")


def _head(number: int, folder: Path) -> list[Path]:
    """A generated head as the files of patient ``PHANTOM<number>``."""
    folder.mkdir()
    volume = small_head().volume
    return [written(file, folder) for file in dicom_files(volume.hu, volume.affine, DicomOptions(study_seed=number))]


def _self_signed(directory: Path) -> None:
    key, certificate = directory / "tls.key", directory / "tls.crt"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    out = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *out], check=True
    )
    directory.chmod(0o755)
    key.chmod(0o644)  # a throw-away key


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.compose.bring_up", description=__doc__)
    parser.add_argument("--project", default="dhn-check", help="compose project, removed at the end (%(default)s)")
    parser.add_argument("--file", type=Path, action="append", default=[], help="a further compose file")
    parser.add_argument("--without", action="append", default=[], help="a service to leave out")
    parser.add_argument("--no-build", action="store_true", help="use the images as they are")
    parser.add_argument("--keep", action="store_true", help="leave the stack running")
    options = parser.parse_args()
    stack = Stack(options.project, options.file, set(options.without))
    story = BringUp(stack)
    try:
        if not options.no_build:
            stack.compose(
                "build", *(name for name in stack.services if "build" in stack.configuration["services"][name])
            )
        for step in story.all_steps():
            started_s = time.monotonic()
            said = step()
            sys.stderr.write(f"{step.__name__}: {time.monotonic() - started_s:.0f} s  {json.dumps(said)}\n")
    finally:
        if not options.keep:
            stack.remove()
    sys.stdout.write(json.dumps(story.figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
