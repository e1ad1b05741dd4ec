import json
import math
from pathlib import Path

import numpy as np
import pytest

from services.heart_rate.evaluation.bland_altman import agreement
from services.heart_rate.evaluation.case import Case, Recording
from services.heart_rate.evaluation.figures import report_on
from services.heart_rate.evaluation.pictures import draw_pictures
from services.heart_rate.result import nothing
from services.heart_rate.video.errors import VideoTooShortError
from shared.contracts.heart_rate import Reason


def case(
    true: float, given: float | None, candidate: float | None = None, person: str = "a", condition: str = "still"
) -> Case:
    computed = given if candidate is None else candidate
    reason = "weak_pulse" if given is None else None
    return Case(f"{condition}-{true}-{given}", condition, "clean", person, true, given, computed, 0.9, reason)


CASES = [
    case(60, 61, person="a"),
    case(70, 69.5, person="b"),
    case(80, 90, person="c"),  # wrong and given
    case(90, None, 40, person="d"),  # wrong and withheld
    case(100, None, 101, person="e"),  # right and withheld
    case(math.nan, None, 75, person="f", condition="photograph"),  # no pulse: any number is wrong
]


def test_figures_are_those_worked_by_hand() -> None:
    metrics = report_on(CASES, {"name": "by hand"}, "by hand", repeats=50).metrics
    assert metrics["mae_bpm"].value == pytest.approx((1 + 0.5 + 10) / 3)
    assert metrics["rmse_bpm"].value == pytest.approx(math.sqrt((1 + 0.25 + 100) / 3))
    assert metrics["bias_bpm"].value == pytest.approx(3.5)
    spread = np.std([1, -0.5, 10], ddof=1)
    assert metrics["limit_of_agreement_high_bpm"].value == pytest.approx(3.5 + 1.96 * spread)
    assert metrics["coverage"].value == pytest.approx(3 / 5)  # of those with a pulse
    assert metrics["wrong_given"].value == pytest.approx(1 / 3)  # 80, 90 and the photograph are wrong
    assert metrics["given_wrong"].value == pytest.approx(1 / 3)


def test_conditions_and_reasons_are_told_apart() -> None:
    tables = report_on(CASES, {}, "by hand", repeats=50).tables
    still, photograph = tables["conditions"]
    assert (still["recordings"], still["given"], still["wrong"], still["wrong_and_given"]) == (5, 3, 2, 1)
    assert (photograph["wrong"], photograph["wrong_and_given"]) == (1, 0)
    assert tables["reasons"] == [{"reason": "weak_pulse", "recordings": 3}]
    within = {row["within_bpm"]: row["share_of_given"].value for row in tables["errors"]}  # type: ignore[union-attr]
    assert within == pytest.approx({1.0: 2 / 3, 2.0: 2 / 3, 5.0: 2 / 3, 10.0: 1.0})


def test_the_report_is_json_also_where_nothing_was_given() -> None:
    silent = report_on([case(60, None, 61)], {}, "by hand", repeats=20)
    assert "mae_bpm" not in silent.metrics
    assert json.loads(json.dumps(silent.as_json(), allow_nan=False))["metrics"]["coverage"]["value"] == 0


def test_intervals_draw_whole_persons() -> None:
    # One person recorded a hundred times is one person: their mean has no spread over persons.
    alone = agreement(np.random.default_rng(0).normal(2, 1, 100), np.zeros(100, np.intp), 100)
    assert alone.bias.low == alone.bias.high == alone.bias.value
    two = agreement(np.array([0.0, 0.0, 4.0]), np.array([0, 0, 1]), 200)
    assert (two.bias.low, two.bias.high) == (0.0, 4.0)


def test_a_refused_recording_is_a_case_with_its_code() -> None:
    recording = Recording("x", "still", "clean", "x", 60.0)
    refused = recording.judged(VideoTooShortError("too short"))
    assert (refused.given, refused.candidate, refused.reason) == (None, None, "video_too_short")
    assert not refused.wrong
    silent = recording.judged(nothing(Reason.FACE_LOST))
    assert (silent.given, silent.reason) == (None, "face_lost")
    assert json.dumps(Recording("p", "photograph", "hard", "p", math.nan).judged(nothing(Reason.MOTION)).as_json(),
                      allow_nan=False)  # fmt: skip


def test_pictures_are_drawn_of_what_there_is(tmp_path: Path) -> None:
    drawn = draw_pictures(CASES, "by hand", tmp_path, "generated")
    assert {path.name for path in drawn} == {"bland_altman.png", "confidence.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
    assert draw_pictures([case(60, None)], "nothing", tmp_path / "none", "") == []
