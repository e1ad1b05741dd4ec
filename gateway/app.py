"""The application: middleware and routers, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from gateway import problems
from gateway.address import API
from gateway.alerts.routes import router as alerts
from gateway.audit.routes import router as audit
from gateway.auth.routes import sessions_router, users_router
from gateway.behaviour_events.routes import router as behaviour_events
from gateway.events.broadcaster import Broadcaster
from gateway.events.routes import router as events
from gateway.fhir.routes import router as fhir
from gateway.findings.routes import router as findings
from gateway.health.routes import router as health
from gateway.heart_rates.fused_routes import router as fused_heart_rate
from gateway.heart_rates.routes import router as heart_rates
from gateway.hl7.routes import router as hl7
from gateway.jobs.routes import router as jobs
from gateway.middleware.body_limit import BodyLimit
from gateway.middleware.headers import SecurityHeaders
from gateway.middleware.last_catch import LastCatch
from gateway.middleware.tracing import Tracing
from gateway.openapi import describe
from gateway.page import serve_page
from gateway.patients.routes import router as patients
from gateway.platform import Platform
from gateway.risks.routes import router as risks
from gateway.studies.routes import router as studies
from gateway.videos.routes import router as videos
from gateway.vitals.routes import router as vitals
from shared.artifacts.store import ArtifactStore
from shared.database.engine import Database
from shared.queueing.relay import Relay
from shared.settings import Settings


def create_app(
    settings: Settings,
    database: Database,
    artifacts: ArtifactStore,
    relay: Relay | None = None,
    page_directory: Path | None = None,
) -> FastAPI:
    """The gateway over the given parts. It starts and stops the relay; whoever made the database closes it."""
    platform = Platform(settings, database, artifacts, Broadcaster(database), relay)
    app = FastAPI(
        title="DeepHemorrhageNet",
        version="1",
        lifespan=_lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # these pages load scripts from elsewhere, which the security policy forbids
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.platform = platform
    for router in (
        sessions_router,
        users_router,
        patients,
        studies,
        jobs,
        findings,
        videos,
        heart_rates,
        fused_heart_rate,
        vitals,
        behaviour_events,
        risks,
        fhir,
        hl7,
        alerts,
        events,
        audit,
        health,
    ):
        app.include_router(router)
    if page_directory is not None:
        serve_page(app, page_directory)
    problems.install(app)
    describe(app)
    app.add_middleware(BodyLimit)  # the last added is the outermost
    app.add_middleware(LastCatch)
    app.add_middleware(SecurityHeaders, https=settings.secure_cookies)
    app.add_middleware(Tracing)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    platform: Platform = app.state.platform
    platform.broadcaster.start()
    if platform.relay is not None:
        platform.relay.start()
    yield
    platform.broadcaster.close()
    platform.broadcaster.join()
    if platform.relay is not None:
        platform.relay.stop()
