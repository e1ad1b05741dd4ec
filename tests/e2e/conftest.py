"""The platform with its page in one process, and a real browser before it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from shared.database.engine import Database
from tests.fixtures.platform import PlatformClient, PlatformProcesses

_FRONTEND = Path(__file__).parents[2] / "frontend"
_PAGE = _FRONTEND / "dist" / "index.html"
_AXE = _FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The viewer needs WebGL 2; this draws it in software.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
# Patience only bounds how long a failure takes to show: drawing WebGL in software on a busy machine is slow.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS / 2)


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformProcesses]:
    assert _PAGE.is_file(), "the page is not built: run `npm ci && npm run build` in frontend/"
    with TemporaryDirectory(prefix="dhn-page-") as directory:
        path = Path(directory)
        processes = PlatformProcesses(path, f"sqlite:///{path / 'platform.sqlite3'}", "memory://")
        try:
            processes.start_embedded()
            yield processes
        finally:
            processes.stop_all()


@pytest.fixture(scope="module")
def client(platform: PlatformProcesses) -> PlatformClient:
    return platform.client()


@pytest.fixture(scope="module")
def database(platform: PlatformProcesses) -> Iterator[Database]:
    database = Database(platform.database_url)
    yield database
    database.close()


# Ended with the module: while Playwright runs, the main thread has a running event loop, which other tests need free.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "the page's tests drive Chromium: install the system package `chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        yield browser
        browser.close()


def _context(browser: Browser, platform: PlatformProcesses, state: StorageState | None = None) -> BrowserContext:
    context = browser.new_context(base_url=platform.base_url, storage_state=state, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def a_viewer(client: PlatformClient) -> tuple[str, str]:
    """Name and password of a new user who may only read."""
    name, password = f"viewer-{uuid4().hex[:8]}", uuid4().hex
    body = {"username": name, "full_name": "Vera Viewer", "role": "viewer", "password": password}
    assert client.http.post("/users", json=body).status_code == 201
    return name, password


def expect_accessible(page: Page) -> None:
    """No violation of axe's rules (names, roles, contrast, order) in the page's content."""
    page.evaluate(_AXE.read_text())
    found = page.evaluate("() => axe.run(document.querySelector('main'))")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []


@pytest.fixture(scope="module")
def signed_in(browser: Browser, platform: PlatformProcesses) -> StorageState:
    """The cookies of an administrator's session."""
    context = _context(browser, platform)
    page = context.new_page()
    page.goto("/")
    sign_in(page, "admin", platform.password_file.read_text().strip())
    page.get_by_role("heading", name="Patients").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visitor(browser: Browser, platform: PlatformProcesses) -> Iterator[Page]:
    """A page of someone who has not signed in."""
    context = _context(browser, platform)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser, platform: PlatformProcesses, signed_in: StorageState) -> Iterator[Page]:
    """A page of an administrator; nothing it does may break the content security policy or throw."""
    context = _context(browser, platform, signed_in)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []
