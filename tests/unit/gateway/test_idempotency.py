from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from shared.contracts.states import Role
from shared.database.engine import Database
from shared.database.tables import AuditEntry, IdempotentAnswer, Patient
from tests.fixtures.gateway import Gateway, a_patient

KEY = {"Idempotency-Key": "the-key"}


@pytest.fixture
def on_either(tmp_path: Path, database: Database) -> Iterator[Gateway]:
    """A gateway on each kind of database."""
    return Gateway(tmp_path, database)


def test_the_same_request_twice_has_one_effect_and_one_answer(gateway: Gateway):
    client = gateway.client(Role.CLINICIAN)
    first = client.post("/api/v1/patients", json=a_patient(), headers=KEY)
    again = client.post("/api/v1/patients", json=a_patient(), headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert _count(gateway, Patient) == _count(gateway, AuditEntry) == 1


def test_a_key_is_not_taken_for_another_content_or_address(gateway: Gateway):
    client = gateway.client(Role.ADMIN)
    client.post("/api/v1/patients", json=a_patient(), headers=KEY)
    other_content = client.post("/api/v1/patients", json=a_patient("2"), headers=KEY)
    user = {"username": "new", "full_name": "N", "role": "viewer", "password": "long enough it is"}
    other_address = client.post("/api/v1/users", json=user, headers=KEY)
    assert other_content.json()["code"] == other_address.json()["code"] == "idempotency_key_reused"
    assert _count(gateway, Patient) == 1


def test_keys_of_different_users_have_nothing_to_do_with_each_other(gateway: Gateway):
    codes = [
        gateway.client(Role.CLINICIAN).post("/api/v1/patients", json=a_patient(n), headers=KEY).status_code
        for n in "12"
    ]
    assert codes == [201, 201]


def test_a_refused_request_leaves_its_key_free(gateway: Gateway):
    client = gateway.client(Role.CLINICIAN)
    taken = client.post("/api/v1/patients", json=a_patient("A")).json()
    assert client.post("/api/v1/patients", json=a_patient("A"), headers=KEY).status_code == 409
    client.patch(f"/api/v1/patients/{taken['id']}", json={"medical_record_number": "B"})
    assert client.post("/api/v1/patients", json=a_patient("A"), headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "\x7f", "é".encode("latin-1")])
def test_keys_that_are_no_keys_are_refused(gateway: Gateway, key):
    answer = gateway.client().post("/api/v1/patients", json=a_patient(), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert _count(gateway, Patient) == 0


def test_requests_sent_at_the_same_moment_have_one_effect_and_one_answer(on_either: Gateway):
    client = on_either.client(Role.CLINICIAN)
    together, answers = Barrier(8), []

    def send() -> None:
        together.wait()
        answers.append(client.post("/api/v1/patients", json=a_patient(), headers=KEY))

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert _count(on_either, Patient) == _count(on_either, AuditEntry) == _count(on_either, IdempotentAnswer) == 1


def _count(gateway: Gateway, table: type) -> int:
    with gateway.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))
