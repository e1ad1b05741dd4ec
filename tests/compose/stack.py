"""A stack of containers made from docker-compose.yml, under a project name of its own."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.fixtures.servers import free_port

REPOSITORY = Path(__file__).parents[2]


class Stack:
    """Runs ``docker compose`` for one project; ``without`` names services that are left out."""

    def __init__(self, project: str, files: list[Path], without: set[str]) -> None:
        self.project = project
        self.port, self.https_port, self.dicom_port = free_port(), free_port(), free_port()
        self._files = [REPOSITORY / "docker-compose.yml", *files]
        self._environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": project,
            "DHN_HTTP_PORT": str(self.port),
            "DHN_HTTPS_PORT": str(self.https_port),
            "DHN_GRAFANA_PORT": str(free_port()),
            "COMPOSE_PROFILES": "pacs",
            "DHN_PACS_DICOM_PORT": str(self.dicom_port),
        }
        self.configuration = json.loads(self.compose("config", "--format", "json"))
        self.services = sorted(set(self.configuration["services"]) - without)

    def use(self, files: list[Path] | None = None, **environment: str) -> None:
        """Add overlays and variables to all that follows, scripts of the repository included."""
        self._files += files or []
        self._environment |= environment

    def compose(self, *arguments: str) -> str:
        """Run one compose command; its standard output. Raises with all it said if it fails."""
        return self.run("docker", "compose", *arguments)

    def run(self, *command: str) -> str:
        """Run a command in the repository with the environment of this stack."""
        environment = {**self._environment, "COMPOSE_FILE": ":".join(map(str, self._files))}
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def up(self) -> float:
        """Start everything and wait until all is healthy; the seconds that took."""
        started_s = time.monotonic()
        self.compose("up", "--detach", "--wait", "--wait-timeout", "300", *self.services)
        return round(time.monotonic() - started_s, 1)

    def running(self) -> dict[str, dict[str, Any]]:
        """What ``docker inspect`` says of each running container, by service."""
        ids = self.compose("ps", "--quiet").split()
        found = json.loads(self.run("docker", "inspect", *ids))
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def inside(self, service: str, code: str) -> str:
        """Run Python in a container of ours; what it prints."""
        return self.compose("exec", "--no-TTY", service, "python", "-c", code)

    def fetch(self, url: str) -> Any:
        """JSON from an address that only the internal networks reach."""
        code = f"import urllib.request as r; print(r.urlopen({url!r}).read().decode())"
        return json.loads(self.inside("gateway", code))

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples that this stack's Prometheus gives for an expression."""
        answer = self.fetch(f"http://prometheus:9090/api/v1/query?query={quote(expression)}")
        samples: list[dict[str, Any]] = answer["data"]["result"]
        return samples

    def password(self, of: str = "first_admin/password") -> str:
        """A generated password (default: of the first administrator), read as deploy/README.md says."""
        shown = self.compose("run", "--rm", "--no-TTY", "passwords")
        lines = dict(line.split(": ") for line in shown.splitlines())
        return lines[of]

    def remove(self) -> None:
        """Remove containers, networks and volumes of this project."""
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "20", "--remove-orphans")
