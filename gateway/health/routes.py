"""What orchestrators and Prometheus ask; not part of /api/v1 and not meant to be reachable from outside."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from gateway.health.checks import problems_of
from gateway.platform import ThePlatform

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Whether all is well, and by check what is not."""

    status: Literal["ok", "failing"]
    problems: dict[str, str]


@router.get("/health/live")
def get_liveness() -> Health:
    """Whether the process answers at all."""
    return Health(status="ok", problems={})


@router.get("/health/ready", responses={503: {"model": Health}})
def get_readiness(platform: ThePlatform, response: Response) -> Health:
    """Whether requests can be served: database, schema, artifact store, relay."""
    problems = problems_of(platform)
    if problems:
        response.status_code = 503
    return Health(status="failing" if problems else "ok", problems=problems)


@router.get("/metrics", include_in_schema=False)
def get_metrics() -> Response:
    """The metrics of this process in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
