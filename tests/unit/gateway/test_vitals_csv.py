"""Vital signs as CSV: what spreadsheets write is read, and what is wrong is told by line and column."""

import csv
import io
from datetime import timedelta

import pytest

from tests.fixtures.vitals import AT, CSV_HEADER, HEART_RATE, Monitor, a_vital, refused

ROW = f"{HEART_RATE},71,/min,{AT.isoformat()}"


def test_a_file_is_stored_as_the_same_batch_in_json(monitor: Monitor):
    answer = monitor.send_csv(
        [f"{CSV_HEADER},quality", f"{ROW},0.9", f"body temperature,98.6,[degF],{AT.isoformat()},"]
    )
    assert (answer.status_code, answer.json()["stored"]) == (202, 2)
    shown = {vital["kind"]: vital for vital in monitor.shown()}
    assert (shown[HEART_RATE]["value"], shown[HEART_RATE]["quality"]) == (71, 0.9)
    assert shown[HEART_RATE]["source"] == "monitor"
    assert (shown["8310-5"]["value"], shown["8310-5"]["quality"]) == (pytest.approx(37.0), None)
    same = a_vital(quality=0.9), a_vital("8310-5", 98.6, "[degF]")
    assert monitor.send(*same).json()["duplicates"] == 2


def test_what_the_csv_module_writes_is_read_in_any_order_of_columns(monitor: Monitor):
    written = io.StringIO()
    writer = csv.DictWriter(written, ["unit", "measured_at", "value", "kind"], quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for second in range(3):
        at = (AT + timedelta(seconds=second)).isoformat()
        writer.writerow({"unit": "/min", "measured_at": at, "value": 70 + second, "kind": "heart rate"})
    assert monitor.send_csv(written.getvalue()).json()["stored"] == 3
    assert [vital["value"] for vital in monitor.shown()] == [72, 71, 70]


@pytest.mark.parametrize(
    "content",
    [
        f"{CSV_HEADER}\n{ROW}\n".encode("utf-8-sig"),
        f"{CSV_HEADER}\n{ROW}".encode(),
        f"{CSV_HEADER}\r\n\r\n{ROW}\r\n\r\n".encode(),
        f"kind , value,unit, measured_at\n {ROW} \n".encode(),
    ],
    ids=["byte order mark", "no last line end", "empty lines", "blanks"],
)
def test_what_spreadsheets_do_to_a_file_is_no_matter(monitor: Monitor, content: bytes):
    assert monitor.send_csv(content, "text/csv; charset=utf-8; header=present").json()["stored"] == 1


def test_the_address_tells_who_measured_and_by_which_clock(monitor: Monitor):
    sent_at = (AT.now(AT.tzinfo) - timedelta(minutes=10)).isoformat()
    answer = monitor.send_csv([CSV_HEADER, ROW], device="watch-7", source="wearable", sent_at=sent_at)
    assert answer.json()["stored"] == 1
    [shown] = monitor.shown()
    assert (shown["device"], shown["source"]) == ("watch-7", "wearable")
    assert 600 <= shown["clock_skew_s"] < 660


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ([CSV_HEADER, ROW, f"{HEART_RATE},500,/min,{AT.isoformat()}"], "line 3, column value", "lies from 20 to 300"),
        ([CSV_HEADER, f"{HEART_RATE},fast,/min,{AT.isoformat()}"], "line 2, column value", "valid number"),
        ([CSV_HEADER, f"{HEART_RATE},nan,/min,{AT.isoformat()}"], "line 2, column value", "finite"),
        ([CSV_HEADER, f"{HEART_RATE},71,Hz,{AT.isoformat()}"], "line 2, column unit", "is taken in /min"),
        ([CSV_HEADER, f"pulse,71,/min,{AT.isoformat()}"], "line 2, column kind", "should be '8867-4'"),
        ([CSV_HEADER, f"{HEART_RATE},71,/min,2025-01-01T00:00:00"], "line 2, column measured_at", "timezone"),
        ([CSV_HEADER, f"{HEART_RATE},71,/min,2999-01-01T00:00:00Z"], "line 2, column measured_at", "and now"),
        ([CSV_HEADER, ROW, ROW.replace("71", "90")], "line 3, column value", "differs from another value"),
        ([CSV_HEADER, ROW, f"{HEART_RATE},71,/min"], "line 3", "has 3 columns where the header has 4"),
        ([CSV_HEADER, '"8867-\r\n4",71,/min,' + AT.isoformat(), ROW], "line 2, column kind", "should be"),
        ([CSV_HEADER, '""', ROW], "line 2", "has 1 columns"),
        (["kind;value;unit;measured_at", ROW], "line 1, column kind", "is missing"),
        (["kind,value,unit,measured_at,pulse", f"{ROW},1"], "line 1, column 5", "none of kind, value"),
        (["kind,value,unit,measured_at,kind", f"{ROW},1"], "line 1, column 5", "stands twice"),
        ([CSV_HEADER], "vitals", "at least 1"),
        ([], "line 1, column kind", "is missing"),
        ([CSV_HEADER, *[ROW] * 1001], "vitals", "at most 1000"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column_and_nothing_is_stored(refused_monitor: Monitor, lines, place, said):
    wrong = refused(refused_monitor.send_csv(lines))
    assert said in wrong[place]
    assert refused_monitor.shown() == []


def test_a_quoted_line_end_is_counted(refused_monitor: Monitor):
    broken = ['"kind\r\n",value,unit,measured_at', ROW, ROW.replace("71", "710")]
    assert list(refused(refused_monitor.send_csv(broken))) == ["line 4, column value"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{CSV_HEADER}\n{ROW}\n".encode() + b"\xff,71", "Line 3 is not UTF-8"),
        (f"{CSV_HEADER}\n".encode("utf-16"), "Line 1 is not UTF-8"),
        (f'{CSV_HEADER}\n"8867-4,71'.encode(), "Line 2 is no CSV"),
        (f'{CSV_HEADER}\n"8867"-4,71,/min,{AT}'.encode(), "Line 2 is no CSV"),
        (f"{CSV_HEADER}\n{'7' * 200_000},71".encode(), "Line 2 is no CSV"),
    ],
    ids=["latin-1", "utf-16", "open quote", "text after quotes", "endless field"],
)
def test_a_file_that_is_no_csv_is_refused(refused_monitor: Monitor, content: bytes, said: str):
    answer = refused_monitor.send_csv(content)
    assert (answer.status_code, answer.json()["code"]) == (422, "csv_malformed")
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize("missing", ["patient_id", "device"])
def test_a_file_does_not_tell_whose_it_is(refused_monitor: Monitor, missing: str):
    told = {"patient_id": refused_monitor.patient, "device": "monitor-1"}
    del told[missing]
    content, headers = "\n".join([CSV_HEADER, ROW]), {"Content-Type": "text/csv"}
    answer = refused_monitor.client.post("/api/v1/vitals", content=content, params=told, headers=headers)
    assert refused(answer) == {missing: "Field required"}
