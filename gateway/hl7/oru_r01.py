"""A finding as an unsolicited observation message (ORU^R01^ORU_R01, HL7 v2.5.1, chapter 7).

The message is a function of the finding alone: asked for again, it is the same to the byte, control id included, so
that a receiver knows a repetition. The patient stays pseudonymous. OBR-7, when the head was scanned, is left empty,
since the platform keeps no time of acquisition.
"""

from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.exchange.codes import CT_HEAD, IMPRESSION, SERIES_UID, STUDY_UID, TRACKING_UID, Code
from gateway.exchange.statements import RESEARCH_USE, Quantity, Statement, conclusion, notes, statements
from gateway.hl7.er7 import ENCODING_CHARACTERS, composite, message, number, segment, text, timestamp
from shared.contracts.ct import CtReport
from shared.database.tables import Finding

_PLATFORM: Final = "DeepHemorrhageNet"
# What MSH-10 holds; in base 32, 100 bits of the finding's id: too many for two findings to share.
_CONTROL_ID_LENGTH: Final = 20
_PRELIMINARY: Final = "P"  # HL7 tables 0085 and 0123
_PSEUDONYM: Final = "S"  # table 0200: coded to ensure anonymity
_YES, _NO = composite("Y", "Yes", "HL70136"), composite("N", "No", "HL70136")


@dataclass(frozen=True)
class _Value:
    """What one OBX says; ``content`` is encoded, ``type`` is its type by HL7 table 0125.

    Values of one ``group`` belong together: its name becomes their OBX-4.
    """

    type: str
    code: Code
    content: str
    group: str = ""
    broader: Code | None = None
    unit: Code | None = None
    abnormal: bool = False
    method: Code | None = None


def oru_r01(finding: Finding) -> str:
    """The message about ``finding``."""
    report = CtReport.model_validate(finding.report)
    comments = (RESEARCH_USE, *notes(report))
    return message(
        [
            _header(finding),
            _patient(finding),
            _request(finding),
            *(segment("NTE", {1: str(n), 2: "L", 3: text(comment)}) for n, comment in enumerate(comments, 1)),
            *(_result(n, value, finding) for n, value in enumerate(_values(report), 1)),
        ]
    )


def _header(finding: Finding) -> str:
    return segment(
        "MSH",
        {
            2: ENCODING_CHARACTERS,
            3: text(_PLATFORM),
            7: timestamp(finding.created_at),
            9: composite("ORU", "R01", "ORU_R01"),
            10: b32encode(finding.id.bytes).decode()[:_CONTROL_ID_LENGTH],
            11: "P",
            12: "2.5.1",
            18: "UNICODE UTF-8",
        },
    )


def _patient(finding: Finding) -> str:
    identifier = composite(str(finding.patient_id), "", "", _PLATFORM, "PI")
    return segment("PID", {1: "1", 3: identifier, 5: composite("", "", "", "", "", "", _PSEUDONYM)})


def _request(finding: Finding) -> str:
    return segment(
        "OBR",
        {
            1: "1",
            3: composite(str(finding.id), _PLATFORM),
            4: _coded(CT_HEAD),
            22: timestamp(finding.created_at),
            24: "RAD",
            25: _PRELIMINARY,
        },
    )


def _result(place: int, value: _Value, finding: Finding) -> str:
    return segment(
        "OBX",
        {
            1: str(place),
            2: value.type,
            3: _coded(value.code, value.broader),
            4: text(value.group),
            5: value.content,
            6: _coded(value.unit) if value.unit else "",
            8: "A" if value.abnormal else "",
            11: _PRELIMINARY,
            17: _coded(value.method) if value.method else "",
            18: composite(f"{finding.model_name} {finding.model_version}", _PLATFORM),
            19: timestamp(finding.created_at),
        },
    )


def _values(report: CtReport) -> Iterator[_Value]:
    for said in statements(report):
        yield from _of_statement(said)
    yield _Value("TX", IMPRESSION, text(conclusion(report)))
    uids = {
        TRACKING_UID: report.tracking_uid,
        STUDY_UID: report.study_instance_uid,
        SERIES_UID: report.series_instance_uid,
    }
    for code, uid in uids.items():
        if uid is not None:
            yield _Value("ST", code, text(uid))


def _of_statement(said: Statement) -> Iterator[_Value]:
    group = said.code.value if said.parts else ""
    if isinstance(said.value, Quantity):
        content, unit = number(said.value.value), said.value.unit
        yield _Value("NM", said.code, content, group, said.broader, unit, method=said.method)
    elif said.value is not None:
        yield _Value("CE", said.code, _YES if said.value else _NO, group, said.broader, abnormal=said.value)
    for part in said.parts:
        yield _Value("NM", part.code, number(part.quantity.value), group, unit=part.quantity.unit)


def _coded(code: Code, other: Code | None = None) -> str:
    """CE: the code, and the one of another system beside it."""
    return composite(*(part for one in (code, other) if one for part in (one.value, one.display, one.system.name)))
