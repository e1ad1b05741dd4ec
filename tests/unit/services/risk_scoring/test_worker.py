"""One assessment from the tables and back: what is computed, written, told and asked for, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.risk_scoring import writing
from shared.artifacts.store import ArtifactStore
from shared.contracts.risk import Expansion, NotComputable, Outcome, RiskReport
from shared.contracts.states import AlertLevel, EventType, JobState
from shared.contracts.vitals import VitalKind, VitalSource
from shared.database.engine import Database
from shared.database.tables import Alert, Event, ExpansionOutcome, Job, RiskScore, RiskState, WhatIf
from tests.fixtures.risk import RiskPatient, RiskWorker, a_bleed


@pytest.fixture
def patient(database: Database) -> RiskPatient:
    return RiskPatient(database)


@pytest.fixture
def worker(database: Database, artifacts: ArtifactStore) -> RiskWorker:
    return RiskWorker(database, artifacts)


def count(database: Database, table: Any, *where: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def assessed(patient: RiskPatient, worker: RiskWorker) -> RiskReport:
    job = worker.run(patient.request())
    assert job.state == JobState.SUCCEEDED, job.error_detail
    return RiskReport.model_validate(patient.risks()[-1].report)


def test_a_ct_with_radiomics_is_judged_by_the_model_that_knows_it(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.pressed(170, 95, patient.ago(hours=1.5))
    finding = patient.scanned(a_bleed(acquired_at=patient.ago(hours=1)))
    report = assessed(patient, worker)
    assert isinstance(report.expansion, Expansion)
    assert (report.expansion.variant, report.expansion.first_finding_id) == ("admission", finding)
    assert isinstance(report.outcome, Outcome)
    assert sum(report.outcome.probabilities) == pytest.approx(1)
    facts = {known.name: known for known in report.facts if known.when == "admission"}
    assert facts["onset_to_ct_h"].value == pytest.approx(2, abs=0.01)
    assert (facts["systolic_mmhg"].value, facts["systolic_mmhg"].source) == (170, "vital")
    assert (facts["hypertension"].value, facts["hypertension"].source) == (True, "history")


def test_without_radiomics_the_clinical_model_answers(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(hours=1), radiomics={}))
    report = assessed(patient, worker)
    assert isinstance(report.expansion, Expansion)
    assert report.expansion.variant == "clinical"


def test_what_is_missing_is_named_and_no_figure_given(database: Database, worker: RiskWorker) -> None:
    unknown = RiskPatient(database, onset_h_ago=None, birth_date=None, sex="unknown", history={})
    report = assessed(unknown, worker)
    assert isinstance(report.expansion, NotComputable)
    assert "onset_to_ct_h" in {reason.field for reason in report.expansion.reasons}
    assert {reason.code for reason in report.expansion.reasons} == {"missing"}
    assert all(isinstance(score.result, NotComputable) for score in report.scores)
    assert any("Too little of the patient is seen" in note for note in report.notes)


def test_a_ct_without_a_haematoma_has_none_that_could_expand(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(0.0, patient.ago(hours=1), haemorrhage_suspected=False, radiomics={}))
    report = assessed(patient, worker)
    assert isinstance(report.expansion, NotComputable)
    assert [(r.code, r.field) for r in report.expansion.reasons] == [("not_applicable", "haematoma_ml")]


def test_scores_are_computed_from_what_devices_and_images_tell(patient: RiskPatient, worker: RiskWorker) -> None:
    at = patient.ago(minutes=10)
    patient.pressed(150, 85, at)
    for kind, value in (
        (VitalKind.HEART_RATE, 80),
        (VitalKind.RESPIRATION, 16),
        (VitalKind.SPO2, 97),
        (VitalKind.TEMPERATURE, 37.0),
        (VitalKind.OXYGEN_FLOW, 0),
        (VitalKind.GLASGOW_COMA_SCALE, 15),
        (VitalKind.NIHSS, 12),
        (VitalKind.GLUCOSE, 8.0),
    ):
        patient.measured(kind, value, at)
    scores = {score.name: score.result for score in assessed(patient, worker).scores}
    assert (scores["news2"].status, scores["news2"].total) == ("computed", 0)
    assert scores["nag"].status == "not_computable"  # whether the patient takes an anticoagulant is not known
    assert [reason.field for reason in scores["nag"].reasons] == ["anticoagulant"]


def test_a_value_that_its_own_sensor_doubts_is_no_fact(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.measured(VitalKind.HEART_RATE, 180, patient.ago(minutes=1), quality=0.2)
    report = assessed(patient, worker)
    assert "pulse_per_min" not in {known.name for known in report.facts}


def test_a_camera_that_is_hardly_believed_does_not_hide_what_the_monitor_measured_just_before(
    patient: RiskPatient, worker: RiskWorker
) -> None:
    patient.measured(VitalKind.HEART_RATE, 80, patient.ago(seconds=40))
    patient.measured(VitalKind.HEART_RATE, 140, patient.ago(seconds=5), quality=0.2, source=VitalSource.RPPG)
    [pulse] = [known for known in assessed(patient, worker).facts if known.name == "pulse_per_min"]
    assert (pulse.value, pulse.detail) == (80, "monitor")


def test_devices_that_agree_are_one_heart_rate(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.measured(VitalKind.HEART_RATE, 80, patient.ago(seconds=40), quality=1.0)
    patient.measured(VitalKind.HEART_RATE, 84, patient.ago(seconds=5), quality=1.0, source=VitalSource.WEARABLE)
    [pulse] = [known for known in assessed(patient, worker).facts if known.name == "pulse_per_min"]
    assert pulse.value == pytest.approx(82)


def test_a_bleed_on_the_ct_and_a_fall_raise_one_alert_once(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    patient.seen("unknown", 3, patient.ago(seconds=30))
    calm = assessed(patient, worker)
    assert calm.bedside.momentary_level == "amber"
    patient.seen("face_droop", 10, patient.ago(seconds=5))
    risen = assessed(patient, worker)
    assert (risen.bedside.level, risen.bedside.calls) == ("red", "raised")
    assert assessed(patient, worker).bedside.calls is None
    with patient.database.reading() as session:
        alerts = session.scalars(select(Alert)).all()
    assert [(alert.level, alert.code) for alert in alerts] == [(AlertLevel.CRITICAL, "stroke_risk_raised")]
    assert "face droop" in alerts[0].message


def test_the_same_message_again_changes_nothing(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    patient.seen("face_droop", 10, patient.ago(seconds=5))
    job = patient.request()
    for _ in range(3):
        worker.run(job)
    database = patient.database
    assert (count(database, RiskScore), count(database, RiskState), count(database, Alert)) == (1, 1, 1)
    assert count(database, Event, Event.type == EventType.RISK_CREATED) == 1


def test_an_assessment_that_is_lost_at_its_end_leaves_nothing_and_comes_again(
    patient: RiskPatient, worker: RiskWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    patient.seen("face_droop", 10, patient.ago(seconds=5))
    job = patient.request()

    def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(writing, "_tell", lost)  # the last step: everything before it is written by then
        assert worker.run(job).state == JobState.QUEUED
    database = patient.database
    assert (count(database, RiskScore), count(database, RiskState), count(database, Alert)) == (0, 0, 0)
    assert worker.run(job).state == JobState.SUCCEEDED
    assert (count(database, RiskScore), count(database, Alert)) == (1, 1)


def test_a_level_about_to_move_is_looked_at_again_and_a_calm_one_is_left(
    patient: RiskPatient, worker: RiskWorker
) -> None:
    assessed(patient, worker)
    assert count(patient.database, Job, Job.state == JobState.QUEUED) == 0
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    assessed(patient, worker)
    assert count(patient.database, Job, Job.state == JobState.QUEUED) == 1


def test_a_second_ct_tells_what_became_of_the_first_ones_haematoma(patient: RiskPatient, worker: RiskWorker) -> None:
    first = patient.scanned(a_bleed(20, patient.ago(hours=2)))
    before = assessed(patient, worker)
    assert isinstance(before.expansion, Expansion)
    later = patient.scanned(a_bleed(40, patient.ago(minutes=20)))
    report = assessed(patient, worker)
    assert [(growth.growth_ml, growth.expanded) for growth in report.growth] == [(20, "yes")]
    assert isinstance(report.expansion, Expansion)
    assert report.expansion.first_finding_id == first
    assert isinstance(report.outcome, Outcome)
    assert report.outcome.variant == "follow_up"
    assessed(patient, worker)
    with patient.database.reading() as session:
        (outcome,) = session.scalars(select(ExpansionOutcome)).all()
    assert (outcome.first_finding_id, outcome.later_finding_id) == (first, later)
    assert (outcome.expanded, outcome.risk_id) == ("yes", patient.risks()[0].id)
    assert outcome.predicted == pytest.approx(before.expansion.probability)
    assert count(patient.database, Event, Event.type == EventType.EXPANSION_OBSERVED) == 1


def test_a_haematoma_that_nothing_was_predicted_of_has_no_outcome(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(20, patient.ago(hours=2)))
    patient.scanned(a_bleed(40, patient.ago(minutes=20)))
    assessed(patient, worker)
    assert count(patient.database, ExpansionOutcome) == 0


def test_a_scan_that_was_analysed_twice_is_one_exam(patient: RiskPatient, worker: RiskWorker) -> None:
    made_at = patient.ago(hours=1)
    patient.scanned(a_bleed(20, made_at, study_instance_uid="1.2.3"))
    again = patient.scanned(a_bleed(21, made_at, study_instance_uid="1.2.3"))
    report = assessed(patient, worker)
    assert [exam.finding_id for exam in report.exams] == [again]
    assert report.growth == []


def test_a_scan_from_before_the_onset_is_of_another_event(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(20, patient.ago(hours=30)))
    assert assessed(patient, worker).exams == []


def test_a_clock_that_runs_ahead_is_not_believed(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(20, patient.ago(hours=-5)))
    (exam,) = assessed(patient, worker).exams
    assert exam.at_is_arrival
    assert abs(exam.at - patient.now) < timedelta(minutes=1)


def answer(patient: RiskPatient, worker: RiskWorker, question: dict[str, Any]) -> RiskReport:
    job = patient.ask(question)
    worker.run(job)
    with patient.database.reading() as session:
        return RiskReport.model_validate(session.get_one(WhatIf, job).answer)


def test_a_question_is_answered_from_the_record_and_stored_nowhere_else(
    patient: RiskPatient, worker: RiskWorker
) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    known = assessed(patient, worker)
    question = {"facts": {"haematoma_ml": 60.0, "gcs": 7}, "behaviour": [{"kind": "face_droop", "seconds": 10}]}
    asked = answer(patient, worker, question)
    facts = {fact.name: fact for fact in asked.facts if fact.when == "admission"}
    assert (facts["haematoma_ml"].value, facts["haematoma_ml"].source) == (60, "asked")
    assert facts["consciousness"].value == "pain"
    assert isinstance(asked.outcome, Outcome)
    assert isinstance(known.outcome, Outcome)
    assert asked.outcome.probability_disabled > known.outcome.probability_disabled
    assert (known.bedside.momentary_level, asked.bedside.momentary_level) == ("amber", "red")
    assert count(patient.database, RiskScore) == 1
    assert count(patient.database, Alert) == 0


def test_a_fact_asked_to_be_unknown_is_not_used(patient: RiskPatient, worker: RiskWorker) -> None:
    patient.scanned(a_bleed(acquired_at=patient.ago(minutes=30)))
    report = answer(patient, worker, {"facts": {"onset_to_ct_h": None}})
    assert isinstance(report.expansion, NotComputable)
    assert "onset_to_ct_h" in {reason.field for reason in report.expansion.reasons}


def test_a_question_that_nobody_waits_for_is_let_go(patient: RiskPatient, worker: RiskWorker) -> None:
    job = patient.ask({"facts": {}})
    with patient.database.transaction() as session:
        session.delete(session.get_one(WhatIf, job))
    assert worker.run(job).state == JobState.SUCCEEDED


def test_an_impossible_fact_of_the_record_is_left_out_and_said(database: Database, worker: RiskWorker) -> None:
    patient = RiskPatient(database, history={"premorbid_mrs": 9, "diabetes": "perhaps", "previous_stroke": True})
    report = assessed(patient, worker)
    names = {fact.name for fact in report.facts}
    assert "prior_stroke" in names
    assert not names & {"premorbid_mrs", "diabetes"}
    assert sum("was not used" in note for note in report.notes) == 2
