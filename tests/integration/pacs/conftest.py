"""A private Orthanc, and a bridge in this process between it and a served gateway; no worker analyses anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from gateway.auth.users import set_service_account
from services.pacs_bridge.worker import Bridge
from shared.contracts.states import PacsState, Role
from shared.database import jobs
from shared.database.tables import Finding, Job, PacsSeries
from shared.errors import InputRefusedError
from shared.settings import Settings
from tests.fixtures.gateway import REPORT, Gateway, gateway
from tests.fixtures.pacs import PrivateOrthanc, bridge_settings
from tests.fixtures.servers import wait_until

__all__ = ["gateway"]


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[PrivateOrthanc]:
    server = PrivateOrthanc(tmp_path / "orthanc")
    server.start()
    yield server
    server.stop()


@dataclass
class Watched:
    """The bridge, what it stands between, and a look behind it."""

    bridge: Bridge
    gateway: Gateway
    orthanc: PrivateOrthanc

    def rows(self) -> list[PacsSeries]:
        with self.gateway.database.reading() as session:
            return list(session.scalars(select(PacsSeries).order_by(PacsSeries.created_at)))

    def states(self) -> list[tuple[str, str | None]]:
        return sorted((row.state, row.reason) for row in self.rows())

    def turn_until(self, *states: PacsState, count: int = 1) -> list[PacsSeries]:
        """Go round until ``count`` series are in one of ``states``; those."""

        def there() -> bool:
            self.bridge.turn()
            return len(self._in(states)) >= count

        wait_until(there, f"{count} series {' or '.join(states)}", patience_s=120)
        return self._in(states)

    def jobs(self) -> list[Job]:
        with self.gateway.database.reading() as session:
            return list(session.scalars(select(Job).order_by(Job.created_at)))

    def answer(self, job: Job, **artifacts: bytes) -> UUID:
        """End a job as the worker does, with a finding that has ``artifacts``."""
        finding_id = uuid4()
        refs = {
            role: self.gateway.artifacts.put_bytes(content, "application/dicom").model_dump()
            for role, content in artifacts.items()
        }

        def end(session) -> None:
            claimed = jobs.claim(session, job.id, 30)
            assert claimed is not None
            assert jobs.succeed(session, claimed)
            row = Finding(id=finding_id, job_id=job.id, patient_id=job.patient_id, study_id=job.study_id)
            row.kind, row.model_name, row.model_version = "ct_haemorrhage", "net", "1"
            row.report, row.artifacts = REPORT, refs
            session.add(row)

        self.gateway.database.write(end)
        return finding_id

    def refuse(self, job: Job) -> None:
        """End a job as the worker does that cannot analyse its study."""

        def end(session) -> None:
            claimed = jobs.claim(session, job.id, 30)
            assert claimed is not None
            assert jobs.refuse(session, claimed, InputRefusedError("No head."))

        self.gateway.database.write(end)

    def _in(self, states: tuple[PacsState, ...]) -> list[PacsSeries]:
        return [row for row in self.rows() if row.state in states]


@pytest.fixture
def watched(gateway: Gateway, orthanc: PrivateOrthanc) -> Iterator[Watched]:
    with gateway.served() as address:
        settings = Settings(data_directory=gateway.directory, pacs_gateway_url=address, **bridge_settings(orthanc))
        password = settings.pacs_account_password.get_secret_value()
        gateway.database.write(
            lambda session: set_service_account(session, settings.pacs_account, Role.CLINICIAN, password)
        )
        bridge = Bridge(settings, gateway.database)
        yield Watched(bridge, gateway, orthanc)
        bridge.parts.pacs.close()
        bridge.parts.gateway.close()
