from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.heart_rate.estimate import estimate
from services.heart_rate.sessions import traces_of
from tests.fixtures.face_videos import a_face_video, a_person, a_scene, face_detector


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A slow heart, a fast one in dark skin that moves, and a photograph."""
    folder = tmp_path_factory.mktemp("clips")
    scenes = [
        a_scene(a_person(55.0, pulsation=0.012), duration_s=6.2),
        a_scene(a_person(115.0, tone=3), duration_s=6.2, motion_px=6.0, seed=8),
        a_scene(a_person(80.0, pulsation=0.0), duration_s=6.2, seed=9),
    ]
    return [a_face_video(folder / f"{index}.mp4", scene) for index, scene in enumerate(scenes)]


def said(path: Path) -> dict[str, Any]:
    """All that is said of a video; the detector is one for all of them, as in a worker."""
    return estimate(traces_of(path, face_detector())).model_dump()


def test_clips_in_any_order_and_two_at_once_give_bit_identical_estimates(clips: list[Path]) -> None:
    alone = [said(path) for path in clips]
    assert alone[0]["candidate_bpm"] == pytest.approx(55.0, abs=2)
    assert alone[0] != alone[1] != alone[2]
    backwards = [said(path) for path in reversed(clips)]
    assert backwards == alone[::-1]
    with ThreadPoolExecutor(2) as pool:
        at_once = list(pool.map(said, [clips[index] for index in (1, 0, 2, 2, 0, 1)]))
    assert at_once == [alone[index] for index in (1, 0, 2, 2, 0, 1)]
