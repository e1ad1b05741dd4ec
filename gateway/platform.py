"""What every request may use: settings, database, artifact store, relay, live events."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from gateway.events.broadcaster import Broadcaster
from shared.artifacts.store import ArtifactStore
from shared.database.engine import Database
from shared.queueing.relay import Relay
from shared.settings import Settings


@dataclass(frozen=True)
class Platform:
    """The parts that one gateway process holds. ``relay`` is None where another process carries the messages."""

    settings: Settings
    database: Database
    artifacts: ArtifactStore
    broadcaster: Broadcaster
    relay: Relay | None = None

    def wake_relay(self) -> None:
        """Have new messages carried to the broker now instead of at the next poll."""
        if self.relay is not None:
            self.relay.wake()


def platform_of(connection: HTTPConnection) -> Platform:
    """The platform of the application that serves this request."""
    platform: Platform = connection.app.state.platform
    return platform


ThePlatform = Annotated[Platform, Depends(platform_of)]
