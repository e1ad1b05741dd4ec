from datetime import timedelta

import pytest
from sqlalchemy import select, update

from gateway.auth.users import add_first_administrator
from shared.contracts.states import Role
from shared.database.columns import now
from shared.database.tables import SignIn, User
from tests.fixtures.gateway import Gateway

PASSWORD = "correct horse battery"
CREDENTIALS = {"username": "admin", "password": PASSWORD}


@pytest.fixture
def anyone(gateway: Gateway):
    """A client that is not signed in, where the user admin exists."""
    assert gateway.database.write(lambda session: add_first_administrator(session, "admin", PASSWORD))
    return gateway.client(None)


def test_signing_in_opens_a_session_by_cookie_and_by_token(gateway, anyone):
    answer = anyone.post("/api/v1/sessions", json={**CREDENTIALS, "username": "ADMIN"})
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert anyone.get("/api/v1/sessions/current").json()["user"]["username"] == "admin"
    by_token = gateway.client(None, cookies={})
    by_token.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert by_token.get("/api/v1/sessions/current").json()["expires_at"] == answer.json()["expires_at"]


def test_the_database_holds_no_token_and_no_password(gateway, anyone):
    token = anyone.post("/api/v1/sessions", json=CREDENTIALS).json()["token"]
    content = (gateway.directory / "platform.sqlite3").read_bytes()
    content += (gateway.directory / "platform.sqlite3-wal").read_bytes()
    assert b"$argon2id$" in content
    assert token.encode() not in content
    assert PASSWORD.encode() not in content


def test_signing_out_ends_the_session(anyone):
    anyone.post("/api/v1/sessions", json=CREDENTIALS)
    token = anyone.cookies["dhn_session"]
    assert anyone.delete("/api/v1/sessions/current").status_code == 204
    assert "dhn_session" not in anyone.cookies
    answer = anyone.get("/api/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(anyone):
    wrong = anyone.post("/api/v1/sessions", json={**CREDENTIALS, "password": "wrong"})
    unknown = anyone.post("/api/v1/sessions", json={"username": "nobody", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    same = ("code", "detail", "title", "status")
    assert [wrong.json()[key] for key in same] == [unknown.json()[key] for key in same]


def test_too_many_wrong_passwords_lock_the_user_for_a_while_also_for_the_right_one(gateway, anyone):
    gateway.settings.sign_in_max_failures = 3
    codes = [anyone.post("/api/v1/sessions", json={**CREDENTIALS, "password": "no"}).json()["code"] for _ in range(4)]
    assert codes == ["sign_in_failed"] * 3 + ["sign_in_locked"]
    locked = anyone.post("/api/v1/sessions", json=CREDENTIALS)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= gateway.settings.sign_in_lock_s
    gateway.database.write(lambda session: session.execute(update(User).values(locked_until=now())))
    assert anyone.post("/api/v1/sessions", json=CREDENTIALS).status_code == 201


def test_a_session_ends_by_itself(gateway):
    client = gateway.client(Role.VIEWER)
    assert client.get("/api/v1/sessions/current").status_code == 200
    past = now() - timedelta(seconds=1)
    gateway.database.write(lambda session: session.execute(update(SignIn).values(expires_at=past)))
    assert client.get("/api/v1/sessions/current").json()["code"] == "not_signed_in"


def test_a_disabled_user_is_out_at_once_and_cannot_sign_in(gateway, anyone):
    admin = gateway.client(Role.ADMIN)
    new = {"username": "nurse", "full_name": "A Nurse", "role": "viewer", "password": "a long password"}
    user = admin.post("/api/v1/users", json=new).json()
    credentials = {"username": "nurse", "password": new["password"]}
    anyone.post("/api/v1/sessions", json=credentials)
    assert admin.patch(f"/api/v1/users/{user['id']}", json={"disabled": True}).json()["disabled"] is True
    assert anyone.get("/api/v1/sessions/current").status_code == 401
    assert anyone.post("/api/v1/sessions", json=credentials).json()["code"] == "sign_in_failed"


def test_ones_own_new_password_ends_ones_other_sessions(gateway, anyone):
    anyone.post("/api/v1/sessions", json=CREDENTIALS)
    elsewhere = gateway.client(None)
    elsewhere.post("/api/v1/sessions", json=CREDENTIALS)
    wrong = anyone.post("/api/v1/users/me/password", json={"current": "no", "new": "another password"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "current_password_wrong")
    short = anyone.post("/api/v1/users/me/password", json={"current": PASSWORD, "new": "too short"})
    assert short.json()["errors"][0]["field"] == "new"
    change = {"current": PASSWORD, "new": "another password"}
    assert anyone.post("/api/v1/users/me/password", json=change).status_code == 204
    assert anyone.get("/api/v1/sessions/current").status_code == 200
    assert elsewhere.get("/api/v1/sessions/current").status_code == 401
    assert elsewhere.post("/api/v1/sessions", json={**CREDENTIALS, "password": change["new"]}).status_code == 201


def test_the_last_administrator_can_be_neither_disabled_nor_demoted(gateway, anyone):
    anyone.post("/api/v1/sessions", json=CREDENTIALS)
    me = anyone.get("/api/v1/sessions/current").json()["user"]["id"]
    for patch in ({"disabled": True}, {"role": "viewer"}):
        assert anyone.patch(f"/api/v1/users/{me}", json=patch).json()["code"] == "last_administrator"
    gateway.token_of(Role.ADMIN)  # with another one, it may be
    assert anyone.patch(f"/api/v1/users/{me}", json={"role": "viewer"}).json()["role"] == "viewer"


def test_only_administrators_manage_users(gateway):
    for role in (Role.VIEWER, Role.CLINICIAN):
        client = gateway.client(role)
        assert client.get("/api/v1/users").status_code == 403
        assert client.post("/api/v1/users", json={}).status_code == 403
    admin = gateway.client(Role.ADMIN)
    new = {"username": "n1", "full_name": "N", "role": "viewer", "password": "a long password"}
    assert admin.post("/api/v1/users", json=new).status_code == 201
    assert admin.post("/api/v1/users", json=new).json()["code"] == "username_taken"
    assert admin.post("/api/v1/users", json={**new, "username": "no space"}).status_code == 422
    assert "password" not in admin.get("/api/v1/users").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),  # no browser
        ({"Origin": "http://testserver"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_cookie_counts_only_for_the_platforms_own_page(gateway, headers, status):
    client = gateway.client(None, cookies={"dhn_session": gateway.token_of()})
    new = {"medical_record_number": "1", "family_name": "A", "given_name": "B"}
    assert client.post("/api/v1/patients", json=new, headers=headers).status_code == status
    assert client.get("/api/v1/patients", headers=headers).status_code == 200  # reading changes nothing
    bearer = {"Authorization": f"Bearer {gateway.token_of()}", **headers}
    new["medical_record_number"] = "2"
    assert gateway.client(None).post("/api/v1/patients", json=new, headers=bearer).status_code == 201


def test_signing_in_and_out_is_audited_by_user(gateway, anyone):
    anyone.post("/api/v1/sessions", json={**CREDENTIALS, "password": "no"})
    anyone.post("/api/v1/sessions", json=CREDENTIALS)
    anyone.delete("/api/v1/sessions/current")
    with gateway.database.reading() as session:
        me = session.scalar(select(User.id))
    entries = gateway.client(Role.ADMIN).get("/api/v1/audit", params={"actor": str(me)}).json()["items"]
    assert [entry["action"] for entry in entries] == ["session.ended", "session.opened", "session.refused"]


def test_the_first_administrator_is_created_once(gateway):
    for expected in (True, False):
        assert gateway.database.write(lambda session: add_first_administrator(session, "root", PASSWORD)) is expected
