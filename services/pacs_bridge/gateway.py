"""The platform as the bridge sees it: the gateway's REST interface, with an account of its own."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from services.pacs_bridge.errors import GatewayRefusedError, GatewaySignInError, GatewayUnavailableError
from services.pacs_bridge.multipart import form
from services.pacs_bridge.person import Person
from shared.contracts.names import Priority

_TAKEN: Final = "medical_record_number_taken"
# What passes by itself: too slow, too many, a fault of its own.
_PASSING: Final = {408, 425, 429}

Files = Callable[[], Iterable[tuple[str, Iterable[bytes]]]]


@dataclass(frozen=True)
class Accepted:
    """A study that the platform has taken."""

    study_id: UUID
    job_id: UUID


class Gateway:
    """One gateway. Every method raises GatewayUnavailableError, GatewaySignInError, GatewayRefusedError."""

    def __init__(self, url: str, username: str, password: str, timeout_s: float = 60.0) -> None:
        self._credentials = {"username": username, "password": password}
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=httpx.Timeout(timeout_s, connect=5.0))

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def add_patient(self, person: Person) -> None:
        """Take a person into care, unless another request has done so meanwhile."""
        try:
            self._send(lambda: self._http.build_request("POST", "/patients", json=person.as_json()))
        except GatewayRefusedError as error:
            if error.reason != _TAKEN:
                raise

    def send_study(self, patient_id: UUID, priority: Priority, key: str, files: Files) -> Accepted:
        """Upload a study; sent again with the same ``key`` and content it is the same study.

        ``files`` is called for each try and gives (name, content) pairs; what it raises comes through, and the gateway
        then keeps nothing.
        """

        def request() -> httpx.Request:
            boundary = uuid4().hex
            return self._http.build_request(
                "POST",
                f"/patients/{patient_id}/studies",
                params={"priority": priority},
                content=form(files(), boundary),
                headers={"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": key},
            )

        # Signed in beforehand: a body that was streamed in vain is long.
        self._sign_in_if_needed()
        accepted = self._send(request).json()
        return Accepted(UUID(accepted["study"]["id"]), UUID(accepted["job"]["id"]))

    def result(self, finding_id: UUID, role: str) -> bytes:
        """A finding's DICOM object, which the finding is known to have."""
        try:
            return self._send(lambda: self._http.build_request("GET", f"/findings/{finding_id}/{role}.dcm")).content
        except GatewayRefusedError as error:
            raise GatewayUnavailableError(
                f"The gateway does not give a finding's {role} ({error.reason}); it is asked again."
            ) from error

    def check(self) -> None:
        """See whether the gateway answers and lets the bridge in."""
        self._send(lambda: self._http.build_request("GET", "/sessions/current"))

    def _send(self, request: Callable[[], httpx.Request]) -> httpx.Response:
        with _asked():
            answer = self._http.send(self._signed(request()))
            if answer.status_code == 401:  # the session has ended
                self._http.headers.pop("Authorization", None)
                answer = self._http.send(self._signed(request()))
        if answer.status_code == 401:
            raise GatewaySignInError("The gateway ended the bridge's session at once; is its account disabled?")
        if answer.status_code == 403:
            raise GatewaySignInError("The bridge's account may not send studies; give it the role clinician.")
        if answer.status_code in _PASSING or answer.status_code >= 500:
            raise GatewayUnavailableError(f"The gateway answered with status {answer.status_code}; it is asked again.")
        if answer.status_code >= 400:
            problem = _problem(answer)
            raise GatewayRefusedError(str(problem.get("code", "refused")), str(problem.get("detail", "")))
        return answer

    def _signed(self, request: httpx.Request) -> httpx.Request:
        self._sign_in_if_needed()
        request.headers["Authorization"] = self._http.headers["Authorization"]
        return request

    def _sign_in_if_needed(self) -> None:
        if "Authorization" in self._http.headers:
            return
        with _asked():
            answer = self._http.post("/sessions", json=self._credentials)
        if answer.status_code >= 500:
            raise GatewayUnavailableError(f"The gateway answered with status {answer.status_code}; it is asked again.")
        if answer.status_code != 201:
            raise GatewaySignInError(
                f"The gateway does not let the bridge's account in (status {answer.status_code}); is its password set?"
            )
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        # Cookies would make the gateway look for a browser behind them.
        self._http.cookies.clear()


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise GatewayUnavailableError(
            f"The gateway does not answer ({type(error).__name__}); it is asked again."
        ) from error
