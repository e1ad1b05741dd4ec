"""Whatever is sent to the gateway, it answers as its description says, and never with a fault of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from gateway.app import create_app
from gateway.fhir.resources import device_id
from gateway.risks import what_if
from shared.artifacts.store import ArtifactStore
from shared.contracts.states import Role
from shared.database.engine import Database
from shared.settings import Settings
from tests.fixtures.gateway import Gateway, Work
from tests.fixtures.risk import RiskPatient, RiskWorker, a_bleed
from tests.fixtures.video_work import VideoWork

# What an imagined risk is answered where no worker of risk scoring runs, as here: described, and nobody's fault.
NOBODY_ANSWERS = "risk_service_unavailable"


def no_fault_of_its_own(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> bool | None:
    if response.status_code == 503 and response.json()["code"] == NOBODY_ANSWERS:
        return None
    return not_a_server_error(context, response, case)


CHECKS = (
    no_fault_of_its_own,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)
EXAMPLES_PER_OPERATION = 8
# Lasts ten minutes by design; tests/unit/gateway/test_events.py holds it to its word.
ENDLESS = "/api/v1/events"

_described = create_app(Settings(), Database("sqlite://"), ArtifactStore("memory://contract"))
schema = schemathesis.openapi.from_dict(_described.openapi()).exclude(path=ENDLESS)


class Served:
    """A served gateway that holds one of everything."""

    def __init__(self, gateway: Gateway, address: str) -> None:
        self.gateway, self.address = gateway, address
        work = Work(gateway)
        work.alert("contract")
        user = work.client.get("/api/v1/sessions/current").json()["user"]["id"]
        finding = work.succeed()
        film = VideoWork(gateway)
        patient = RiskPatient(gateway.database)
        patient.scanned(a_bleed(acquired_at=patient.ago(hours=1)))
        RiskWorker(gateway.database, gateway.artifacts).run(patient.request())
        [risk] = patient.risks()
        self.ids = {
            "patients": work.patient,
            "studies": work.study,
            "jobs": work.job,
            "findings": finding,
            "alerts": gateway.client(Role.VIEWER).get("/api/v1/alerts").json()["items"][0]["id"],
            "users": user,
            "Patient": work.patient,
            "ImagingStudy": work.study,
            "DiagnosticReport": finding,
            "Observation": f"{finding}.haematoma-volume",
            "Device": device_id("net", "1"),
            "risks": str(risk.id),
            "RiskAssessment": str(risk.id),
            "videos": film.video,
            "heart-rate-readings": film.succeed(),
        }

    def fill_in(self, case: schemathesis.Case) -> None:
        """Name what exists in every other example: a made-up id is a 404 and shows no more."""
        resource = case.path.removeprefix("/api/v1/").removeprefix("fhir/").split("/")[0]
        if "id" in case.path_parameters and resource in self.ids and len(str(case.query)) % 2 == 0:
            case.path_parameters["id"] = self.ids[resource]


@pytest.fixture(scope="module", autouse=True)
def impatient() -> Iterator[None]:
    """No worker answers questions here: what they are answered with is seen without waiting for one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(what_if, "_PATIENCE_S", 0.1)
        yield


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("contract")
    shutil.copy(migrated_sqlite, directory / "platform.sqlite3")
    gateway = Gateway(directory, Database(f"sqlite:///{directory / 'platform.sqlite3'}"))
    with gateway.served() as address:
        yield Served(gateway, address)
    gateway.database.close()


def answers_as_described(operation_id: str) -> Callable[..., None]:
    """The test of one operation."""

    @schema.include(operation_id=operation_id).parametrize()
    @settings(
        max_examples=EXAMPLES_PER_OPERATION,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test(case: schemathesis.Case, served: Served) -> None:
        served.fill_in(case)
        # A session of its own: one of the operations ends it.
        headers = {"Authorization": f"Bearer {served.gateway.token_of(Role.ADMIN)}"}
        case.call_and_validate(base_url=served.address, headers=headers, checks=CHECKS, timeout=20)

    return test


# A test for each: of one test for all, every operation's item would have the same id.
OPERATIONS = [found.ok().definition.raw["operationId"] for found in schema.get_all_operations()]
for name in OPERATIONS:
    globals()[f"test_{name}_answers_as_described"] = answers_as_described(name)
