import math

import pytest

from services.risk_scoring.features import BY_NAME
from services.risk_scoring.inputs import AdmissionInputs
from services.risk_scoring.outcome.features import FOLLOW_UP
from services.risk_scoring.outcome.inputs import FollowUp, OutcomeInputs
from shared.contracts.ct import Radiomics

PATIENT = AdmissionInputs(
    age_years=60,
    sex="female",
    onset_to_first_exam_h=2,
    atrial_fibrillation=True,
    smoking=False,
    haematoma_ml=30,
    oedema_ml=15,
    haematoma_radiomics=Radiomics(
        shape={"Elongation": 0.7}, first_order={"Mean": 50.0, "Variance": 100.0, "Entropy": 3.5}
    ),
)
LATER = {feature.name: feature for feature in FOLLOW_UP}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_early_growth", math.log(15)),  # 30 mL in 2 h
        ("log_relative_oedema", math.log(0.5)),
        ("log_density_variation", math.log(0.2)),  # 10 / 50
        ("log_onset_to_ct_h", math.log(2)),
        ("elongation", 0.7),
        ("male", 0.0),
        ("atrial_fibrillation", 1.0),
        ("smoking", 0.0),
        ("log_oedema_ml", math.log(15)),
    ],
)
def test_features_are_what_their_names_say(name: str, value: float) -> None:
    assert BY_NAME[name].compute(PATIENT) == pytest.approx(value)


def test_nothing_known_gives_no_feature_a_value() -> None:
    assert {name: feature.compute(AdmissionInputs()) for name, feature in BY_NAME.items()} == dict.fromkeys(BY_NAME)


def test_unknown_and_no_are_two_things() -> None:
    assert BY_NAME["diabetes"].compute(PATIENT) is None
    assert BY_NAME["smoking"].compute(PATIENT) == 0.0


def test_no_haematoma_gives_no_growth_rather_than_minus_infinity() -> None:
    assert BY_NAME["log_early_growth"].compute(PATIENT.model_copy(update={"haematoma_ml": 0.0})) is None


def test_no_oedema_counts_as_the_least_that_can_be_seen() -> None:
    dry = PATIENT.model_copy(update={"oedema_ml": 0.0})
    assert BY_NAME["log_relative_oedema"].compute(dry) == pytest.approx(math.log(0.5 / 30))


def followed(*exams: tuple[float, float, float]) -> OutcomeInputs:
    later = tuple(FollowUp(hours_from_onset=h, haematoma_ml=v, oedema_ml=o) for h, v, o in exams)
    return OutcomeInputs(**dict(PATIENT), follow_ups=later)


def test_growth_is_of_the_largest_follow_up_within_two_days() -> None:
    inputs = followed((10, 45, 20), (40, 36, 25), (50, 90, 30))
    assert LATER["log_growth_48h"].compute(inputs) == pytest.approx(math.log(1.5))


def test_peaks_are_looked_for_over_two_weeks_and_include_the_admission() -> None:
    inputs = followed((100, 20, 40), (14 * 24 + 1, 10, 99))
    assert LATER["log_peak_oedema_ml"].compute(inputs) == pytest.approx(math.log(40))
    assert LATER["log_peak_haematoma_ml"].compute(inputs) == pytest.approx(math.log(30))


def test_without_follow_up_its_features_are_unknown() -> None:
    assert {feature.compute(followed()) for feature in FOLLOW_UP} == {None}
