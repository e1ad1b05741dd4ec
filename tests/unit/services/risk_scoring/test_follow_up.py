"""Growth between two CTs, its band, and whether it is an expansion, against numbers worked out by hand."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.risk_scoring.expansion.definition import ExpansionDefinition
from services.risk_scoring.follow_up import growth, growth_of
from shared.contracts.risk import Exam

ONSET = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
PAPER = ExpansionDefinition()


def exam(hours: float, ml: float, ml_range: tuple[float, float] | None = None, onset_known: bool = True) -> Exam:
    return Exam(
        finding_id=uuid4(),
        at=ONSET + timedelta(hours=hours),
        at_is_arrival=False,
        hours_from_onset=hours if onset_known else None,
        haematoma_ml=ml,
        haematoma_ml_range=ml_range,
        oedema_ml=0.0,
    )


def test_the_band_adds_both_outlines_doubts_in_quadrature() -> None:
    found = growth(exam(2, 20, (16, 23)), exam(20, 30, (26, 34)), PAPER)
    assert found.growth_ml == pytest.approx(10)
    assert found.growth_ml_range == pytest.approx((10 - 5, 10 + (4**2 + 4**2) ** 0.5))  # 3-4-5 below
    assert found.relative == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("first", "later", "expanded"),
    [
        # 20 mL grow by 6 mL or by 33 %, which is 6.6 mL: 6 mL are enough.
        ((20, (20, 20)), (26, (26, 26)), "yes"),
        ((20, (20, 20)), (25.9, (25.9, 25.9)), "no"),
        ((20, (19, 21)), (26, (25, 27)), "uncertain"),
        ((20, (19, 21)), (32, (31, 33)), "yes"),
        ((20, (19, 21)), (21, (20, 22)), "no"),
        # A large one that stays: the corners would differ by 6 mL and more, the propagated errors do not.
        ((30, (27, 33)), (30, (27, 33)), "no"),
        # 3 mL need 0.99 mL only.
        ((3, (3, 3)), (4, (4, 4)), "yes"),
        ((0, (0, 0)), (4, (4, 4)), "new_bleed"),
        ((0, (0, 0)), (0, (0, 0)), "no"),
        ((20, None), (26, (20, 30)), "yes"),  # without a range of both, the outlines are taken as they are
    ],
)
def test_an_expansion_is_sure_only_where_the_whole_band_is_one(first, later, expanded) -> None:
    assert growth(exam(2, *first), exam(20, *later), PAPER).expanded == expanded


@pytest.mark.parametrize("first_ml", [0, 5e-324, 1e-4])
def test_growth_from_next_to_nothing_is_no_part_of_it(first_ml: float) -> None:
    found = growth(exam(2, first_ml), exam(20, 30), PAPER)
    assert (found.relative, found.growth_ml) == (None, pytest.approx(30, abs=0.001))


def test_the_definition_is_a_parameter() -> None:
    first, later = exam(2, 20), exam(20, 26)
    strict = ExpansionDefinition(inclusive=False)
    assert growth(first, later, PAPER).expanded == "yes"
    assert growth(first, later, strict).expanded == "no"
    assert growth(first, later, strict).definition == strict.describe()


def test_what_comes_after_the_window_tells_nothing_of_it() -> None:
    assert growth(exam(2, 20), exam(48, 40), PAPER).expanded == "yes"
    assert growth(exam(2, 20), exam(48.1, 40), PAPER).expanded == "too_late"
    assert growth(exam(0, 20, onset_known=False), exam(49, 40, onset_known=False), PAPER).expanded == "too_late"


def test_without_an_onset_it_is_not_known_whether_the_window_was_kept() -> None:
    assert growth(exam(0, 20, onset_known=False), exam(20, 40, onset_known=False), PAPER).expanded == "uncertain"


def test_every_later_ct_is_held_against_the_first() -> None:
    found = growth_of([exam(2, 20), exam(10, 21), exam(30, 30)], PAPER)
    assert [part.growth_ml for part in found] == [1, 10]
    assert [part.expanded for part in found] == ["no", "yes"]


volumes = st.floats(0.1, 200)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(volumes, volumes, st.floats(0, 0.5), st.floats(0, 0.5))
def test_more_doubt_widens_the_band_and_never_turns_yes_into_no(v0: float, v1: float, less: float, more: float) -> None:
    def found(doubt: float):
        ranges = [(v * (1 - doubt), v * (1 + doubt)) for v in (v0, v1)]
        return growth(exam(2, v0, ranges[0]), exam(20, v1, ranges[1]), PAPER)

    sure, doubtful = found(min(less, more)), found(max(less, more))
    assert doubtful.growth_ml_range[0] <= sure.growth_ml_range[0] + 1e-9
    assert doubtful.growth_ml_range[1] >= sure.growth_ml_range[1] - 1e-9
    assert doubtful.expanded in (sure.expanded, "uncertain")
