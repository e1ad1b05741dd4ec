import subprocess
import sys

import pytest

from benchmarks.machine import describe_machine, peak_memory_mb, warn_if_busy
from benchmarks.target import Target

_ALLOCATING = "import sys; b = bytes(200_000_000); del b; print('ready', flush=True); sys.stdin.read()"


def test_the_peak_of_a_child_is_its_own_and_stays_after_memory_was_given_back() -> None:
    ballast = bytearray(400_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    child = subprocess.Popen([sys.executable, "-c", _ALLOCATING], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    peak = peak_memory_mb(child.pid)
    child.communicate()
    assert len(ballast) < 1e6 * peak_memory_mb()
    assert peak < 300  # bytes() of zeros is never touched, and the parent's ballast is not counted


def test_a_machine_is_described_with_the_versions_that_matter() -> None:
    description = describe_machine("numpy")
    assert description["processor"]
    assert description["cores"] >= 1
    assert description["numpy"].count(".") == 2


def test_times_of_a_busy_machine_are_called_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    for load, busy in ((1.9, False), (2.1, True)):
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, 0.0, 0.0))
        machine = describe_machine()
        warn_if_busy(machine)
        assert machine["busy"] is busy
        assert ("do not report" in capsys.readouterr().err) is busy


def test_targets_say_whether_they_are_met() -> None:
    assert Target("dice lost", 0.004, 0.005, at_most=True).met is True
    assert Target("times faster", 2.4, 2.5, at_most=False).met is False
    missing = Target("dice lost", None, 0.005, at_most=True)
    assert missing.as_json() == {"name": "dice lost", "measured": None, "target": "<= 0.005", "met": None}
    assert "not measured" in missing.as_line()
