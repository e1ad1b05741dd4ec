from pathlib import Path

import numpy as np
import pytest

from services.heart_rate.evaluation.generated_suite import judge
from services.heart_rate.generated.person import Person
from services.heart_rate.generated.scenes import Scene
from services.heart_rate.generated.skin import SKIN_TONES
from services.heart_rate.generated.suite import CONDITIONS, Group, clips
from tests.fixtures.face_videos import a_person, a_scene, face_detector

PBV = np.array([0.33, 0.77, 0.53])  # De Haan and van Leest 2014, as the toolboxes have it


def test_every_condition_of_the_issue_is_there() -> None:
    names = {condition.name for condition in CONDITIONS}
    assert {
        "still", "noise", "motion_4px", "motion_12px", "low_light", "fps_15", "variable_frame_rate", "dropped_frames",
        "rate_45_to_200", "two_faces", "leaves_and_returns", "h264_low_bitrate",
        *(f"skin_{tone.name}" for tone in SKIN_TONES),
    } <= names  # fmt: skip
    assert {condition.group for condition in CONDITIONS} == set(Group)


def test_equal_seeds_give_equal_clips_and_others_others() -> None:
    assert clips(2, ("still",)) == clips(2, ("still",))
    assert clips(2, ("still",), seed=1) != clips(2, ("still",), seed=2)
    # What a clip is does not depend on which others are asked for.
    assert clips(1, ("motion_12px",))[0] in clips(3)
    with pytest.raises(ValueError, match="wobbling"):
        clips(1, ("wobbling",))


def test_rates_reach_from_45_to_200() -> None:
    rates = [clip.recipe.scene.people[0].pulse.bpm for clip in clips(7, ("rate_45_to_200",))]
    assert (min(rates), max(rates)) == (45.0, 200.0)


def test_the_pulse_is_painted_along_no_methods_vector_and_differs_from_part_to_part() -> None:
    chance = np.random.default_rng(0)
    times = np.arange(0, 2, 1 / 30)
    people = [Person.dress(a_person(tone=tone), times, chance) for tone in range(4) for _ in range(5)]
    directions = np.concatenate([person.directions for person in people])
    angles = np.degrees(np.arccos(directions @ PBV / np.linalg.norm(directions, axis=1) / np.linalg.norm(PBV)))
    assert (angles > 4).mean() > 0.8
    assert np.ptp(angles) > 10
    assert all(np.ptp(person.directions[:, 0]) > 0.01 for person in people)


def test_what_is_painted_is_what_was_asked() -> None:
    scene = a_scene(a_person(66.0, pulsation=0.01), motion_px=0.0, shading=0.0)
    quiet = Scene.stage(scene.settings, 7)
    frames = np.stack([frame[110:125, 135:160, 1].mean() for frame in quiet.frames()])  # on the cheeks
    assert np.std(frames) / np.mean(frames) == pytest.approx(0.01 * 0.73, rel=0.5)  # of a sine with harmonics
    assert np.nanmean(quiet.bpm) == pytest.approx(66.0, abs=0.01)


def test_a_photograph_has_no_pulse_and_nobody_is_there_while_away() -> None:
    (photograph,) = clips(1, ("photograph",))
    person = Scene.stage(photograph.recipe.scene, photograph.seed).people[0]
    assert not person.beating.any()
    away = a_scene(a_person(away_s=((1.0, 2.0),)), duration_s=3.0)
    assert np.isnan(away.bpm[(away.times_s >= 1) & (away.times_s < 2)]).all()
    assert np.isfinite(away.bpm[away.times_s >= 2]).all()


def test_lost_and_dropped_frames_are_missing_and_uneven_ones_uneven() -> None:
    (dropped,) = clips(1, ("dropped_frames",))
    intervals = np.diff(Scene.stage(dropped.recipe.scene, dropped.seed).times_s)
    assert intervals.max() > 0.19
    assert (intervals > 0.05).sum() > 20
    (uneven,) = clips(1, ("variable_frame_rate",))
    assert np.diff(Scene.stage(uneven.recipe.scene, uneven.seed).times_s).std() > 0.005


def test_a_clip_is_judged_against_its_painted_pulse_and_again_from_its_kept_traces(tmp_path: Path) -> None:
    (clip,) = clips(1, ("skin_medium",), duration_s=12.0)
    first = judge(clip, face_detector(), tmp_path)
    assert first.candidate == pytest.approx(first.true_bpm, abs=2)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    assert judge(clip, face_detector(), tmp_path) == first
