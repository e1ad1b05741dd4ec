from dataclasses import replace

import numpy as np

from services.heart_rate.face.tracking import FaceTracker
from services.heart_rate.generated.scenes import Scene
from services.heart_rate.sessions import FaceSession
from services.heart_rate.traces import RegionTraces
from services.heart_rate.video.frames import Frame
from tests.fixtures.face_videos import a_person, a_scene, face_detector


def traces(scene: Scene) -> RegionTraces:
    session = FaceSession(FaceTracker(face_detector()))
    for time_s, image in zip(scene.times_s, scene.frames(), strict=True):
        session.see(Frame(float(time_s), image, 1.0))
    return session.traces(None)


def test_a_moving_head_is_followed_within_a_pixel() -> None:
    scene = a_scene(motion_px=12.0, sway_hz=0.9)
    followed = traces(scene)
    wandered = followed.centre - scene.displacements[0]
    assert np.isfinite(followed.size).all()
    assert np.ptp(scene.displacements[0], axis=0)[0] > 8
    assert wandered.std(axis=0).max() < 1.0  # slow drift towards the detector's box
    assert np.diff(wandered, axis=0).std(axis=0).max() < 0.1  # from frame to frame, which is what a pulse suffers from


def test_a_still_head_stays_within_hundredths_of_a_pixel() -> None:
    followed = traces(a_scene(motion_px=0.0))
    assert np.diff(followed.centre, axis=0).std(axis=0).max() < 0.03


def test_a_face_that_leaves_and_returns_is_one_with_nothing_between() -> None:
    scene = a_scene(a_person(away_s=((2.5, 4.5),)), duration_s=8.0)
    followed = traces(scene)
    away = (scene.times_s >= 2.5) & (scene.times_s < 4.5)
    assert np.isnan(followed.size[away]).all()
    assert np.isnan(followed.rgb[:, away]).all()
    assert (followed.pixels[:, away] == 0).all()
    assert np.isfinite(followed.size[scene.times_s < 1.9]).all()  # until the last look that confirmed it
    assert np.isfinite(followed.size[scene.times_s > 5.3]).all()  # from the first look that found it again


def test_another_person_in_the_patients_place_is_not_the_patient() -> None:
    patient = a_person(away_s=((5.0, 99.0),))
    other = a_person(tone=3, mirrored=True, away_s=((0.0, 5.5),))
    followed = traces(a_scene(patient, other, duration_s=9.0))
    assert np.isfinite(followed.size[:100]).all()
    assert np.isnan(followed.size[150:]).all()


def test_the_patients_traces_do_not_depend_on_the_visitors_pulse() -> None:
    patient, visitor = a_person(72.0, at=(110.0, 125.0)), a_person(at=(365.0, 130.0), scale=0.8, pulsation=0.02)
    scenes = [
        a_scene(patient, replace(visitor, pulse=replace(visitor.pulse, bpm=bpm)), width=480) for bpm in (50.0, 160.0)
    ]
    one, other = (traces(scene) for scene in scenes)
    assert np.nanmax(np.abs(scenes[0].people[0].waves - scenes[1].people[0].waves)) == 0  # the same patient
    # The visitor's pulse is of some 3 levels; what is left is the last digit of the detector's box.
    np.testing.assert_allclose(one.rgb, other.rgb, atol=0.1)


def test_the_patient_is_the_face_that_is_largest_and_longest_seen() -> None:
    near, far = a_person(at=(110.0, 125.0)), a_person(at=(365.0, 130.0), scale=0.7)
    assert np.nanmedian(traces(a_scene(far, near, width=480, duration_s=3.0)).centre[:, 0]) < 200
    brief = replace(near, away_s=((1.0, 99.0),))
    assert np.nanmedian(traces(a_scene(far, brief, width=480, duration_s=4.0)).centre[:, 0]) > 200
