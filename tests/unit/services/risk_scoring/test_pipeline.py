"""The way of one assessment, without any database: whatever is known, there is a report that says what and why."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.risk_scoring.bedside.state import BedsideState
from services.risk_scoring.pipeline import assess
from services.risk_scoring.record.exams import scans_of
from services.risk_scoring.record.facts import admission_facts, consciousness_from
from services.risk_scoring.record.patient import Measured, PatientRecord, Seen
from services.risk_scoring.worker import models
from shared.contracts.ct import FINDING_KIND, CtReport
from shared.contracts.risk import Expansion, NotComputable, OedemaCourse, RiskFacts, RiskReport, WhatIfQuestion
from shared.contracts.vitals import VITALS, VitalKind, VitalSource
from shared.database.tables import Finding
from tests.fixtures.ct_reports import ct_reports
from tests.fixtures.risk import a_bleed

NOW = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
PATIENT = uuid4()


def a_finding(report: CtReport, at: datetime) -> Finding:
    return Finding(
        id=uuid4(), study_id=uuid4(), kind=FINDING_KIND, report=report.model_dump(mode="json"), created_at=at
    )


def a_record(*scans: tuple[float, CtReport], onset_h_ago: float | None = 3.0, **fields: Any) -> PatientRecord:
    """A record with scans that arrived so many hours ago."""
    onset_at = None if onset_h_ago is None else NOW - timedelta(hours=onset_h_ago)
    findings = [a_finding(report, NOW - timedelta(hours=hours)) for hours, report in scans]
    facts: dict[str, Any] = {"sex": "female", "birth_date": date(1950, 1, 1), "history": {"hypertension": True}}
    return PatientRecord(PATIENT, NOW, onset_at=onset_at, scans=scans_of(findings, onset_at), **(facts | fields))


def assessed(record: PatientRecord, **question: Any) -> RiskReport:
    asked = WhatIfQuestion.model_validate(question)
    return assess(record, BedsideState(patient_id=PATIENT), models(), asked).report


def a_measure(kind: VitalKind, value: float, minutes_ago: float = 1, **fields: Any) -> Measured:
    told: dict[str, Any] = {"stated_quality": None, "source": VitalSource.MONITOR, "device": "d"}
    return Measured(kind, value, at=NOW - timedelta(minutes=minutes_ago), **(told | fields))


vitals = st.builds(
    lambda kind, share, minutes, quality, source: Measured(
        kind,
        round(VITALS[kind].lowest + share * (VITALS[kind].highest - VITALS[kind].lowest)),
        quality,
        source,
        "device",
        NOW - timedelta(minutes=minutes),
    ),
    st.sampled_from(VitalKind),
    st.floats(0, 1),
    st.sampled_from([0, 1, 200]),
    st.none() | st.floats(0, 1),
    st.sampled_from(VitalSource),
)
events = st.builds(
    lambda kind, confidence, seconds: Seen(kind, confidence, "camera", NOW - timedelta(seconds=seconds), NOW),
    st.sampled_from(["falling", "watched", "unheard_of", "lying", "face_droop"]),
    st.floats(0, 1),
    st.integers(0, 4000),
)
facts = st.dictionaries(
    st.sampled_from([*RiskFacts.model_fields, "previous_stroke", "other"]),
    st.booleans() | st.integers(-5, 200) | st.floats(-5, 2000) | st.sampled_from(["lobar", "perhaps", "present"]),
)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 30_000), ct_reports()), max_size=3),
    st.none() | st.floats(0, 40_000),
    facts,
    st.lists(vitals, max_size=8),
    st.lists(events, max_size=4),
    st.sampled_from(["female", "male", "other", "unknown"]),
)
def test_whatever_is_stored_of_a_patient_there_is_a_report(scans, onset_h_ago, history, measured, seen, sex) -> None:
    record = a_record(
        *scans,
        onset_h_ago=onset_h_ago,
        history=history,
        sex=sex,
        admission=tuple({m.kind: m for m in measured}.values()),
        present=tuple({m.kind: m for m in measured}.values()),
        recent=tuple(measured),
        seen=tuple(seen),
    )
    report = assessed(record)
    assert RiskReport.model_validate_json(report.model_dump_json()) == report
    for part in (report.expansion, report.outcome, report.oedema_course, *(score.result for score in report.scores)):
        assert not isinstance(part, NotComputable) or all(reason.detail for reason in part.reasons)


def test_contributions_and_base_add_up_to_the_probability_of_the_model() -> None:
    expansion = assessed(a_record((1, a_bleed(20)))).expansion
    assert isinstance(expansion, Expansion)
    base = math.log(expansion.base_probability / (1 - expansion.base_probability))
    total = base + sum(part.contribution for part in expansion.contributions)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(expansion.probability)
    assert not any(part.contribution for part in expansion.contributions if not part.known)


def test_the_shipped_models_predict_what_later_cts_are_held_against() -> None:
    assert models().expansion_admission.manifest.definition == models().definition.describe()
    assert models().expansion_clinical.manifest.definition == models().definition.describe()


def test_the_oedemas_course_is_told_from_every_ct_and_from_what_is_asked() -> None:
    record = a_record((40, a_bleed(20, oedema_ml=6.0)), (10, a_bleed(20, oedema_ml=18.0)), onset_h_ago=43)
    told = assessed(record).oedema_course
    assert isinstance(told, OedemaCourse)
    assert [exam.hours_from_onset for exam in told.measured] == pytest.approx([3, 33])
    imagined = assessed(record, facts={"oedema_ml": 30.0, "onset_to_ct_h": 5.0}).oedema_course
    assert isinstance(imagined, OedemaCourse)
    assert [(exam.hours_from_onset, exam.oedema_ml) for exam in imagined.measured] == [(5, 30), (35, 18)]
    assert isinstance(assessed(record, facts={"age_years": None}).oedema_course, NotComputable)


def test_a_first_ct_after_the_window_has_no_expansion_to_predict() -> None:
    found = assessed(a_record((1, a_bleed(20)), onset_h_ago=60)).expansion
    assert isinstance(found, NotComputable)
    assert [(reason.code, reason.field) for reason in found.reasons] == [("not_applicable", "onset_to_ct_h")]


def test_a_score_says_what_lies_beyond_it_instead_of_failing() -> None:
    late = assessed(a_record((1, a_bleed(20)), onset_h_ago=9000, history={"warfarin": True}))
    brain = next(score.result for score in late.scores if score.name == "brain")
    assert isinstance(brain, NotComputable)
    assert "onset_to_ct_h" in {reason.field for reason in brain.reasons}


def test_scores_take_their_facts_by_name_and_unit() -> None:
    history = {
        "warfarin": True,
        "recurrent_haemorrhage": False,
        "location": "infratentorial",
        "intraventricular": True,
        "cognitive_impairment_before": False,
        "primary_haemorrhage": True,
        "spot_sign": "absent",
        "blend_sign": False,
        "hypodensity": True,
        "coagulopathy": False,
    }
    admission = (
        a_measure(VitalKind.GLASGOW_COMA_SCALE, 10),
        a_measure(VitalKind.NIHSS, 15),
        a_measure(VitalKind.GLUCOSE, 9.0),
    )
    # 75 years old, CT one hour after onset, 40 mL.
    record = a_record((2, a_bleed(40, type_probabilities={})), history=history, admission=admission)
    scores = {score.name: score.result for score in assessed(record).scores}
    # ICH: GCS 5-12 1, >= 30 mL 1, IVH 1, infratentorial 1, under 80 0. FUNC: 30-60 mL 2, 70-79 1, infratentorial 0,
    # GCS >= 9 2, not impaired 1. BRAIN: > 20 mL 7, no recurrence 0, warfarin 6, IVH 2, <= 1 h 5. NAG: 1 + 1 + 1.
    # BAT: no blend 0, hypodensity 2, < 2.5 h 2. Brouwers: warfarin 2, <= 6 h 2, 30-60 mL 1, no spot 0.
    wanted = {"ich": 4, "func": 6, "brain": 20, "nag": 3, "bat": 4, "brouwers": 5}
    assert {name: scores[name].total for name in wanted} == wanted


def test_news2_is_about_the_present_and_the_models_about_admission() -> None:
    at_admission = (a_measure(VitalKind.SYSTOLIC, 200, 170), a_measure(VitalKind.DIASTOLIC, 100, 170))
    present = tuple(
        a_measure(kind, value)
        for kind, value in (
            (VitalKind.SYSTOLIC, 95),
            (VitalKind.DIASTOLIC, 60),
            (VitalKind.HEART_RATE, 120.4),
            (VitalKind.RESPIRATION, 22),
            (VitalKind.SPO2, 93),
            (VitalKind.TEMPERATURE, 38.5),
            (VitalKind.OXYGEN_FLOW, 4),
            (VitalKind.GLASGOW_COMA_SCALE, 14),
        )
    )
    report = assessed(a_record((1, a_bleed(20)), admission=at_admission, present=present))
    news2 = next(score.result for score in report.scores if score.name == "news2")
    # 91-100 mmHg 2, 111-130 /min 2, 21-24 /min 2, 92-93 % 2, oxygen 2, 38.1-39 °C 1, new confusion 3.
    assert news2.total == 14
    used = {(fact.name, fact.when): fact.value for fact in report.facts}
    assert used["systolic_mmhg", "admission"] == 200
    assert used["systolic_mmhg", "present"] == 95


@pytest.mark.parametrize(
    ("gcs", "state"), [(15, "alert"), (14, "new_confusion"), (13, "voice"), (8, "pain"), (3, "unresponsive")]
)
def test_consciousness_follows_the_glasgow_coma_scale(gcs: int, state: str) -> None:
    assert consciousness_from(gcs) == state


def test_ages_count_whole_years_at_the_first_ct() -> None:
    born = {"birth_date": date(1950, 3, 4)}
    at_noon = a_record((0.5, a_bleed(20)), **born)
    assert admission_facts(at_noon).value("age_years") == 75
    assert admission_facts(a_record((0.5, a_bleed(20)), birth_date=date(1950, 3, 5))).value("age_years") == 74


def test_a_sure_bleed_weighs_more_at_the_bedside_than_a_doubtful_one() -> None:
    sure = assessed(a_record((1, a_bleed(20)))).bedside.score
    doubtful = a_bleed(20, haematoma_ml_range=(0, 25), type_probabilities={"any": 0.6})
    unseen = a_bleed(0, haematoma_ml_range=(0, 0), haemorrhage_suspected=False, type_probabilities={"any": 0.02})
    assert sure > assessed(a_record((1, doubtful))).bedside.score > assessed(a_record((1, unseen))).bedside.score


def test_a_question_replaces_what_is_measured_and_adds_what_is_seen() -> None:
    record = a_record(recent=(a_measure(VitalKind.SYSTOLIC, 230), a_measure(VitalKind.DIASTOLIC, 100)))
    known = assessed(record).bedside
    calm = assessed(record, facts={"systolic_mmhg": 120, "diastolic_mmhg": 80}).bedside
    worse = assessed(record, behaviour=[{"kind": "face_droop", "seconds": 30}]).bedside
    assert calm.score < known.score < worse.score
    assert assessed(record, facts={"systolic_mmhg": None}).bedside.score == calm.score
