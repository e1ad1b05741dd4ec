"""Each type of bleed lies where that type lies. All heads are generated."""

from collections.abc import Callable

import numpy as np
import pytest

from services.ct_segmentation.training.composed.blood import Bleed, Label, acute_blood
from services.ct_segmentation.training.composed.deformation import deformed, pushed
from services.ct_segmentation.training.composed.extra_axial import epidural, subdural
from services.ct_segmentation.training.composed.fluid_spaces import intraventricular, subarachnoid
from services.ct_segmentation.training.composed.head import Head
from services.ct_segmentation.training.composed.intracerebral import haematoma, oedema
from tests.fixtures.composing import PIXEL_MM, bleed_shapes, thick_part, thin_head

Maker = Callable[[Head, np.random.Generator], Bleed | None]


def _intracerebral(head: Head, random: np.random.Generator) -> Bleed | None:
    return haematoma(head, bleed_shapes(), random)


MAKERS: tuple[Maker, ...] = (_intracerebral, intraventricular, subarachnoid, subdural, epidural)
SEEDS = range(6)


def _drawn(maker: Maker, head: Head) -> list[Bleed]:
    bleeds = [maker(head, np.random.default_rng(seed)) for seed in SEEDS]
    found = [bleed for bleed in bleeds if bleed is not None]
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("maker", MAKERS)
def test_no_bleed_leaves_the_skull(maker: Maker) -> None:
    head = thin_head()
    for bleed in _drawn(maker, head):
        assert not bleed.share[~head.inside].any()
        assert bleed.share.min() >= 0
        assert bleed.share.max() <= 1


@pytest.mark.parametrize("maker", MAKERS)
def test_edges_are_partly_covered(maker: Maker) -> None:
    shares = np.concatenate([bleed.share.ravel() for bleed in _drawn(maker, thin_head())])
    assert ((shares > 0.05) & (shares < 0.95)).any()


@pytest.mark.parametrize("maker", [subdural, epidural])
def test_extra_axial_blood_touches_the_inner_table(maker: Maker) -> None:
    head = thin_head()
    for bleed in _drawn(maker, head):
        covered = bleed.share > 0.3
        if covered.any():
            assert head.depth_mm[covered].min() <= 2 * PIXEL_MM


def test_blood_beside_the_falx_stays_on_its_side_and_no_crescent_reaches_the_midline() -> None:
    head = thin_head()
    for bleed in _drawn(subdural, head):
        _, rows, columns = np.nonzero(bleed.share > 0.5)
        lateral = head.lateral_mm[rows, columns]
        if not len(lateral) or np.abs(lateral).max() < 12:  # along the falx
            assert np.ptp(lateral) < 12
        else:
            assert np.abs(lateral).min() > 1.5


def test_a_lens_is_thicker_for_its_length_than_a_crescent() -> None:
    head = thin_head()

    def flatness(bleed: Bleed) -> float:
        covered = bleed.share > 0.5
        plane = covered[covered.sum(axis=(1, 2)).argmax()]
        rows, columns = np.nonzero(plane)
        length = np.hypot(np.ptp(rows), np.ptp(columns)) * PIXEL_MM
        return float(plane.sum() * PIXEL_MM**2 / max(length, PIXEL_MM) ** 2)

    lenses = [flatness(b) for b in _drawn(epidural, head) if (b.share > 0.5).sum() > 60]
    crescents = [flatness(b) for b in _drawn(subdural, head) if (b.share > 0.5).sum() > 60]
    assert np.median(lenses) > 1.5 * np.median(crescents)


def test_a_haematoma_keeps_the_scaled_volume_of_its_shape() -> None:
    head = thin_head()
    shape = bleed_shapes()[1]
    volumes = [
        bleed.share.sum() * head.voxel_ml
        for seed in range(8)
        if (bleed := haematoma(head, [shape], np.random.default_rng(seed))) is not None
    ]
    assert len(volumes) >= 5
    # Scaled by 0.7 to 1.3 in each direction, or clipped by table and midline.
    assert max(volumes) <= 1.1 * 1.3**3 * shape.volume_ml
    assert min(volumes) >= 0.5 * 0.7**3 * shape.volume_ml


def test_a_haematoma_is_clear_of_the_table_and_of_the_midline() -> None:
    head = thin_head()
    for bleed in _drawn(_intracerebral, head):
        covered = bleed.share > 0.6
        assert head.depth_mm[covered].min() > 1
        sides = np.sign(head.lateral_mm[np.nonzero(covered)[1:]])
        assert len(set(sides.tolist())) == 1


def test_ventricular_blood_lies_in_deep_fluid() -> None:
    head = thin_head()
    for bleed in _drawn(intraventricular, head):
        covered = bleed.share > 0.8
        assert np.median(head.calm[covered]) < head.brain_hu - 12
        assert np.median(head.depth_mm[covered]) > 20


def test_subarachnoid_blood_lies_shallow_or_in_the_basal_midline() -> None:
    head = thin_head()
    for bleed in _drawn(subarachnoid, head):
        places = np.nonzero(bleed.share > 0.5)
        basal = ~head.supratentorial[places[0]] & (np.abs(head.lateral_mm[places[1:]]) < 33)
        assert (basal | (head.depth_mm[places] < 21)).all()


def test_oedema_surrounds_the_haematoma_and_is_darker_than_brain() -> None:
    head = thin_head()
    bleed = _drawn(_intracerebral, head)[0]
    rim = oedema(head, bleed, np.random.default_rng(0))
    assert rim.label == Label.OEDEMA
    assert rim.share.sum() > 0
    assert (rim.share + bleed.share).max() <= 1 + 1e-6
    assert rim.hu[rim.share > 0].max() < head.brain_hu - 4
    core = np.argwhere(bleed.share > 0.5).mean(axis=0)
    assert np.linalg.norm((np.argwhere(rim.share > 0.5).mean(axis=0) - core) * head.spacing_mm) < 20


def test_a_part_without_ventricles_gets_no_ventricular_blood() -> None:
    head = thick_part()
    top = Head("top", head.source, head.hu[-3:], head.depth_mm[-3:], head.spacing_mm)
    assert intraventricular(top, np.random.default_rng(0)) is None


def test_the_brain_gives_way_and_the_skull_does_not() -> None:
    head = thin_head()
    share = np.zeros_like(head.hu)
    share[38:44, 50:62, 36:46] = 1
    moved = pushed(head, [Bleed(Label.IPH, share, share, push_mm=6.0)])
    assert (moved[~head.inside] == head.hu[~head.inside]).all()
    assert np.abs(moved - head.hu)[head.inside].max() > 5
    still = pushed(head, [Bleed(Label.IPH, share, share, push_mm=0.0)])
    assert (still == head.hu).all()


def test_a_push_moves_tissue_away_from_the_bleed() -> None:
    hu = np.full((9, 101, 101), 30, np.float32)
    hu[:, 50, 60] = 90  # a mark 10 pixels to the left of the bleed's middle
    depth = np.full(hu.shape, 30, np.float32)
    head = Head("plain", "cq500", hu, depth, (2.0, 1.0, 1.0))
    share = np.zeros_like(hu)
    share[2:7, 46:55, 46:55] = 1
    moved = pushed(head, [Bleed(Label.IPH, share, share, push_mm=4.0)])
    assert int(moved[4, 50].argmax()) in (63, 64)


def test_a_deformed_head_is_another_head_of_about_the_same_size() -> None:
    head = thin_head()
    one, other = (deformed(head, np.random.default_rng(seed)) for seed in (1, 2))
    assert np.abs(one.hu - other.hu).mean() > 20
    for made in (one, other):
        ratio = made.inside.sum() / head.inside.sum()
        assert 0.75 < ratio < 1.3
        assert np.median(made.hu[made.inside]) == pytest.approx(np.median(head.hu[head.inside]), abs=1.5)


def test_thick_slices_are_repeated_and_average_back_to_themselves() -> None:
    head = thick_part()
    fine = deformed(head, np.random.default_rng(3))
    assert fine.repeats == 4
    assert fine.spacing_mm[0] == pytest.approx(head.spacing_mm[0] / 4)
    stacked = fine.hu.reshape(len(head.hu), 4, *head.hu.shape[1:])
    assert (stacked == stacked[:, :1]).all()


def test_acute_blood_is_denser_than_brain_and_no_bone() -> None:
    for seed in range(20):
        blood = acute_blood(np.random.default_rng(seed), (6, 40, 40), (2.0, 1.0, 1.0))
        assert 33 < blood.mean() < 78
        assert blood.max() < 100
