import cv2
import numpy as np
import pytest

from services.heart_rate.face.crop import ACROSS, DOWN, FaceCrop
from services.heart_rate.generated.skin import SKIN_TONES
from services.heart_rate.skin.colour import SkinColour
from services.heart_rate.skin.regions import region_cells, sure_cells
from services.heart_rate.skin.sampling import SkinSampler
from services.heart_rate.traces import REGIONS
from tests.fixtures.face_videos import a_person, a_scene, face_detector

BLUE_SHIRT = (40, 60, 160)


def crop_of(colours: np.ndarray, pixels_a_cell: float = 2.0) -> FaceCrop:
    return FaceCrop(np.asarray(colours, np.uint8), np.full(2, pixels_a_cell))


def face_of(colour: tuple[float, float, float], seed: int = 0) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 2, (DOWN, ACROSS, 3))
    return np.rint(np.clip(np.array(colour) + grain, 0, 255)).astype(np.uint8)


def read(crop: FaceCrop) -> tuple[np.ndarray, np.ndarray]:
    sampler = SkinSampler()
    sampler.look(crop)
    return sampler.read(crop, 0.0)


def test_regions_lie_apart_within_the_face() -> None:
    cells = region_cells()
    assert cells.shape == (len(REGIONS), DOWN, ACROSS)
    assert (cells.sum(axis=0) <= 1).all()
    rows = [np.nonzero(region)[0].mean() for region in cells]
    assert rows[0] < rows[1] == rows[2] < rows[3]


@pytest.mark.parametrize("tone", SKIN_TONES, ids=lambda tone: tone.name)
def test_all_of_an_even_face_is_skin_whatever_its_tone_and_light(tone: object) -> None:
    for light in (1.0, 0.3):
        colour = tuple(light * channel for channel in tone.colour)  # type: ignore[attr-defined]
        means, pixels = read(crop_of(face_of(colour)))
        np.testing.assert_allclose(means, np.tile(colour, (4, 1)), atol=0.4)
        # 4 pixels a cell; the edge of the grid itself is no edge of the skin.
        assert (pixels > 0.8 * 4 * region_cells().sum(axis=(1, 2))).all()


def test_what_is_not_of_the_persons_colour_is_left_out() -> None:
    face = face_of((185, 135, 105))
    face[: DOWN // 5] = (60, 45, 30)  # a fringe over most of the forehead
    face[-DOWN // 6 :, : ACROSS // 2] = BLUE_SHIRT
    means, pixels = read(crop_of(face))
    np.testing.assert_allclose(means, np.tile([185, 135, 105], (4, 1)), atol=1.5)
    whole = 4 * region_cells().sum(axis=(1, 2))
    assert pixels[0] < 0.4 * whole[0]
    assert pixels[3] < 0.7 * whole[3]


def test_a_region_under_a_mask_is_not_seen() -> None:
    face = face_of((185, 135, 105))
    face[int(0.72 * DOWN) :] = BLUE_SHIRT
    means, pixels = read(crop_of(face))
    assert np.isnan(means[3]).all()
    assert pixels[3] == 0
    assert np.isfinite(means[:3]).all()


def test_saturated_skin_is_no_skin() -> None:
    face = face_of((235, 190, 165))
    face[:, ACROSS // 2 :] = 255
    means, _ = read(crop_of(face))
    assert np.isnan(means[REGIONS.index("right_cheek")]).all()


def test_the_choice_of_cells_settles_slowly_and_the_mean_does_not_leap() -> None:
    face = face_of((185, 135, 105))
    shaded = face.copy()
    shaded[:, : ACROSS // 4] = np.clip(face[:, : ACROSS // 4] * 0.6, 0, 255).astype(np.uint8)
    sampler = SkinSampler()
    sampler.look(crop_of(shaded))
    before = sampler.read(crop_of(shaded), 0.0)[0]
    sampler.look(crop_of(face))  # now all is of one colour: the shaded part is taken in
    steps = [sampler.read(crop_of(shaded), 1 / 30)[0] for _ in range(300)]
    in_the_end = np.abs(steps[-1] - before).max()
    assert in_the_end > 20
    assert np.abs(np.diff([before, *steps], axis=0)).max() < 0.15 * in_the_end


def test_skin_colour_learnt_from_faces_of_photographs_holds_for_their_cheeks_and_not_for_the_wall() -> None:
    frame = next(a_scene(a_person(tone=2), duration_s=0.2).frames())
    box = face_detector().detect(frame).boxes[0]
    crop = FaceCrop.cut(frame, (box[:2] + box[2:]) / 2, box[2:] - box[:2])
    learnt = SkinColour.learn(crop.colours)
    assert learnt.skin(crop.colours)[sure_cells()].mean() > 0.8
    wall = np.tile(frame[5:10, 5:10].mean(axis=(0, 1)).astype(np.uint8), (DOWN, ACROSS, 1))
    assert not learnt.skin(wall).any()
    hair = cv2.resize(frame[30:50, 120:180], (ACROSS, DOWN))
    assert learnt.skin(hair).mean() < 0.2
