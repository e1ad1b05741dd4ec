from uuid import uuid4

from hl7apy.parser import parse_message

from shared.contracts.states import Role
from tests.fixtures.gateway import Gateway, Work


def test_a_finding_is_a_message_in_utf_8_that_anyone_signed_in_may_read(gateway: Gateway) -> None:
    finding_id = Work(gateway).succeed()
    viewer = gateway.client(Role.VIEWER)
    link = viewer.get(f"/api/v1/findings/{finding_id}").json()["links"]["hl7"]
    answer = viewer.get(link)
    assert answer.headers["content-type"] == "x-application/hl7-v2+er7; charset=utf-8"
    assert parse_message(answer.content.decode()).msh.msh_9.value == "ORU^R01^ORU_R01"
    assert gateway.client(None).get(link).status_code == 401
    assert viewer.get(f"/api/v1/findings/{uuid4()}/hl7").json()["code"] == "not_found"
