"""The PACS as the bridge sees it: Orthanc's list of changes, and images in and out by DICOMweb."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx

from services.pacs_bridge.errors import (
    PacsAnswerError,
    PacsGoneError,
    PacsSignInError,
    PacsUnavailableError,
    ResultNotStoredError,
)
from services.pacs_bridge.multipart import only_part, related

_CHANGES_AT_ONCE: Final = 500
_CHUNK_BYTES: Final = 1 << 17
# As it is stored, whatever the compression: decoding is the worker's, and a transcoded image would be another one.
_AS_STORED: Final = 'multipart/related; type="application/dicom"; transfer-syntax=*'
# PS3.18, table 10.5.3-1: Referenced SOP Sequence, and the instance's UID within.
_STORED, _INSTANCE_UID = "00081199", "00081155"

Tags = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """Something that happened in the PACS: ``kind`` is Orthanc's ChangeType, such as StableSeries."""

    number: int
    kind: str
    orthanc_id: str


@dataclass(frozen=True)
class Instance:
    """One stored object of a series. ``position`` is ImagePositionPatient as it is written."""

    orthanc_id: str
    sop_instance_uid: str
    number: int
    position: str


@dataclass(frozen=True)
class Series:
    """A series as far as it has arrived; ``is_stable`` while nothing came for Orthanc's StableAge."""

    orthanc_id: str
    orthanc_study_id: str
    is_stable: bool
    last_instance_at: datetime
    caller: str  # calling AE title; empty when it came over HTTP


@dataclass(frozen=True)
class Study:
    """A study as far as it has arrived: the Orthanc ids of its series; stable as a series is."""

    is_stable: bool
    series: tuple[str, ...]


class Orthanc:
    """One Orthanc. Every method raises PacsUnavailableError, PacsSignInError, PacsAnswerError; where named, more."""

    def __init__(self, url: str, username: str, password: str, timeout_s: float = 30.0) -> None:
        self.url = url
        timeout = httpx.Timeout(timeout_s, connect=5.0)
        self._http = httpx.Client(base_url=url, auth=(username, password), timeout=timeout)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def changes(self, since: int) -> list[Change]:
        """The next changes after number ``since``, oldest first; empty when there are none."""
        answer = self._json("/changes", since=since, limit=_CHANGES_AT_ONCE)
        return [Change(one["Seq"], one["ChangeType"], one["ID"]) for one in answer["Changes"]]

    def newest_change(self) -> int:
        """The number of the newest change, which falls only when the PACS was set up afresh."""
        return int(self._json("/changes?last")["Last"])

    def series(self, orthanc_id: str) -> Series:
        """The series as it is now. Raises PacsGoneError."""
        found = self._json(f"/series/{orthanc_id}")
        return Series(
            orthanc_id=orthanc_id,
            orthanc_study_id=found["ParentStudy"],
            is_stable=found["IsStable"],
            last_instance_at=datetime.strptime(found["LastUpdate"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC),
            caller=self._json(f"/series/{orthanc_id}/metadata?expand").get("RemoteAET", ""),
        )

    def instances(self, orthanc_id: str) -> list[Instance]:
        """What the series holds, by InstanceNumber, which is how modalities send and people count."""
        found = [_instance(one) for one in self._json(f"/series/{orthanc_id}/instances")]
        return sorted(found, key=lambda one: (one.number, one.sop_instance_uid))

    def study(self, orthanc_id: str) -> Study:
        """The study as it is now. Raises PacsGoneError."""
        found = self._json(f"/studies/{orthanc_id}")
        return Study(found["IsStable"], tuple(found["Series"]))

    def tags(self, instance: Instance) -> Tags:
        """The elements of one instance by keyword; sequences are lists of the same. Raises PacsGoneError."""
        found: Tags = self._json(f"/instances/{instance.orthanc_id}/simplified-tags")
        return found

    def retrieve(self, study_uid: str, series_uid: str, sop_uid: str) -> Iterator[bytes]:
        """One instance as it is stored, a chunk at a time (WADO-RS). Raises PacsGoneError."""
        address = f"/dicom-web/studies/{study_uid}/series/{series_uid}/instances/{sop_uid}"
        headers = {"Accept": _AS_STORED, "Accept-Encoding": "identity"}
        with _asked(), self._http.stream("GET", address, headers=headers) as answer:
            _check(answer)
            yield from only_part(answer.iter_bytes(_CHUNK_BYTES), answer.headers.get("content-type", ""))

    def store(self, content: bytes, sop_uid: str) -> None:
        """Store one DICOM object (STOW-RS); one that is there already stays as it is. Raises ResultNotStoredError."""
        boundary = uuid4().hex
        headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Accept": "application/dicom+json",
        }
        with _asked():
            answer = self._http.post("/dicom-web/studies", content=related(content, boundary), headers=headers)
        if answer.status_code not in (200, 202, 400, 409):
            _check(answer)
        if sop_uid not in _stored(answer):
            raise ResultNotStoredError(
                f"The PACS did not take a DICOM result (status {answer.status_code}); its log says why."
            )

    def _json(self, address: str, **query: int) -> Any:
        with _asked():
            answer = self._http.get(address, params=query or None)
        _check(answer)
        try:
            return answer.json()
        except ValueError as error:
            raise PacsAnswerError("The PACS answered with something else than JSON; is its address right?") from error


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise PacsUnavailableError(f"The PACS does not answer ({type(error).__name__}); it is asked again.") from error


def _check(answer: httpx.Response) -> None:
    if answer.status_code in (401, 403):
        raise PacsSignInError("The PACS refuses the bridge's user or password; set them in its RegisteredUsers.")
    if answer.status_code == 404:
        raise PacsGoneError("The series was deleted from the PACS before it was fetched; send it again.")
    if answer.status_code >= 400:
        raise PacsUnavailableError(f"The PACS answered with status {answer.status_code}; it is asked again.")


def _instance(found: dict[str, Any]) -> Instance:
    tags = found["MainDicomTags"]
    number = str(tags.get("InstanceNumber", "")).strip()
    return Instance(
        orthanc_id=found["ID"],
        sop_instance_uid=tags["SOPInstanceUID"],
        number=int(number) if number.lstrip("+-").isdecimal() else 0,
        position=tags.get("ImagePositionPatient", ""),
    )


def _stored(answer: httpx.Response) -> set[str]:
    """UIDs of the instances that the answer to a STOW-RS request names as stored."""
    try:
        items = answer.json().get(_STORED, {}).get("Value", [])
        return {item[_INSTANCE_UID]["Value"][0] for item in items}
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise PacsAnswerError("The PACS' answer to a stored result cannot be read; it is stored again.") from error
