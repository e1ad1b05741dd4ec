from typing import Any

from sqlalchemy import select

from gateway.auth.users import set_service_account
from shared.contracts.states import Role
from shared.database.tables import AuditEntry
from tests.fixtures.gateway import Gateway


def let_in(gateway: Gateway, password: str) -> bool:
    return gateway.database.write(lambda session: set_service_account(session, "bridge", Role.CLINICIAN, password))


def sign_in(gateway: Gateway, password: str) -> Any:
    return gateway.client(None).post("/api/v1/sessions", json={"username": "bridge", "password": password})


def test_a_service_signs_in_with_the_password_of_its_last_start(gateway: Gateway) -> None:
    assert let_in(gateway, "the first password")
    assert not let_in(gateway, "the first password"), "every start asks for it"
    token = sign_in(gateway, "the first password").json()["token"]
    assert let_in(gateway, "another password"), "restored on a machine with new secrets"
    assert sign_in(gateway, "the first password").status_code == 401
    assert sign_in(gateway, "another password").json()["user"]["role"] == "clinician"
    ended = gateway.client(None).get("/api/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert ended.status_code == 401, "sessions opened with the old password have ended"


def test_an_account_that_was_disabled_or_demoted_stays_so(gateway: Gateway) -> None:
    let_in(gateway, "the first password")
    admin = gateway.client(Role.ADMIN)
    [user] = [one for one in admin.get("/api/v1/users").json()["items"] if one["username"] == "bridge"]
    admin.patch(f"/api/v1/users/{user['id']}", json={"role": "viewer", "disabled": True})
    assert let_in(gateway, "another password")
    assert sign_in(gateway, "another password").status_code == 401
    [user] = [one for one in admin.get("/api/v1/users").json()["items"] if one["username"] == "bridge"]
    assert (user["role"], user["disabled"]) == ("viewer", True)


def test_who_made_the_account_is_on_record(gateway: Gateway) -> None:
    let_in(gateway, "the first password")
    let_in(gateway, "another password")
    with gateway.database.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.actor == "service-account").order_by(AuditEntry.id)
        assert list(session.scalars(query)) == ["user.created", "user.changed"]
