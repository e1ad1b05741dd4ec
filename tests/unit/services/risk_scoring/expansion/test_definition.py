import pytest

from services.risk_scoring.errors import RiskInputError
from services.risk_scoring.expansion.definition import ExpansionDefinition

PAPER = ExpansionDefinition()


@pytest.mark.parametrize(
    ("first", "later", "expanded"),
    [
        (50, 56, True),  # 6 mL, 12 %
        (50, 55.99, False),
        (10, 13.3, True),  # 33 %, 3.3 mL
        (10, 13.29, False),
        (10, 5, False),
        (6 / 0.33, 6 / 0.33 + 6, True),  # where both thresholds meet
    ],
)
def test_six_ml_or_a_third_is_an_expansion(first: float, later: float, expanded: bool) -> None:
    assert PAPER.expanded(first, later) is expanded


def test_strict_definitions_ask_for_more_than_the_threshold() -> None:
    strict = ExpansionDefinition(inclusive=False)
    assert not strict.expanded(50, 56)
    assert strict.expanded(50, 56.001)


def test_both_thresholds_can_be_asked_for() -> None:
    both = ExpansionDefinition(both=True)
    assert not both.expanded(50, 60)  # 10 mL, 20 %
    assert both.expanded(50, 66.5)  # 16.5 mL, 33 %


def test_only_cts_within_the_window_count() -> None:
    assert PAPER.greatest_growth(50, [(24, 53), (47.9, 50), (48.1, 80)]) == pytest.approx(0.5)
    assert PAPER.greatest_growth(50, [(48, 56)]) == pytest.approx(1)


def test_without_a_ct_in_the_window_nothing_is_known() -> None:
    assert PAPER.greatest_growth(50, [(60, 90)]) is None


def test_a_first_volume_of_zero_is_refused_rather_than_divided_by() -> None:
    with pytest.raises(RiskInputError, match="haematoma_ml"):
        PAPER.expanded(0, 10)


@pytest.mark.parametrize("name", ["absolute_ml", "relative", "within_h"])
def test_thresholds_must_be_above_zero(name: str) -> None:
    with pytest.raises(RiskInputError, match=name):
        ExpansionDefinition(**{name: 0.0})


def test_the_definition_says_what_it_is() -> None:
    assert PAPER.describe() == "haematoma growth >= 6 mL or >= 33 % within 48 h of onset"
