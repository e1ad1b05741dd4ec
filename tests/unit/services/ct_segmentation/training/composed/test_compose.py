"""Whole composed scans: what is said of them is what is in them. All heads are generated."""

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from services.ct_segmentation.training.composed.blood import BLEEDS, Label
from services.ct_segmentation.training.composed.compose import ComposedScan, compose_scan
from tests.fixtures.composing import SLICE_MM, bleed_shapes, thick_part, thin_head

COUNT = 24
SEED = 5


@lru_cache(maxsize=1)
def scans() -> tuple[ComposedScan, ...]:
    """Scans of 5 mm slices, every third on the whole head."""
    heads, shapes = [thin_head(), thick_part()], bleed_shapes()
    return tuple(compose_scan(heads, shapes, SEED, index) for index in range(COUNT))


def _ml(share: NDArray[np.uint8], scan: ComposedScan) -> float:
    return float(share.sum(dtype=np.float64) / 255 * np.prod(scan.spacing_mm) / 1000)


def test_the_same_seed_and_index_give_the_same_scan_and_others_do_not() -> None:
    again = compose_scan([thin_head(), thick_part()], bleed_shapes(), SEED, 4)
    assert (again.hu == scans()[4].hu).all()
    assert (again.labels == scans()[4].labels).all()
    other = compose_scan([thin_head(), thick_part()], bleed_shapes(), SEED + 1, 4)
    assert other.hu.shape != again.hu.shape or (other.hu != again.hu).any()


def test_heads_take_turns_and_every_third_is_whole() -> None:
    assert [scan.source for scan in scans()[:6]] == (["cq500"] + 2 * ["phe_sich"]) * 2


def test_covered_shares_hold_the_exact_volume() -> None:
    for scan in scans():
        exact = sum(scan.volumes_ml.get(label, 0.0) for label in BLEEDS)
        assert _ml(scan.blood, scan) == pytest.approx(exact, rel=0.01, abs=0.02)
        assert _ml(scan.oedema, scan) == pytest.approx(scan.volumes_ml.get(Label.OEDEMA, 0.0), rel=0.01, abs=0.02)


def test_labels_of_compact_bleeds_hold_the_exact_volume_within_an_eighth() -> None:
    checked = 0
    for index in range(40):
        scan = compose_scan([thin_head()], bleed_shapes(), SEED, index, slice_mm=2.4)
        for label in (Label.IPH, Label.EDH):
            exact = scan.volumes_ml.get(label, 0.0)
            if exact > 5:
                found = (scan.labels == label).sum() * np.prod(scan.spacing_mm) / 1000
                assert found == pytest.approx(exact, rel=0.125)
                checked += 1
        if checked == 4:
            return
    pytest.fail("too few large bleeds were composed")


def test_averaging_thin_slices_keeps_the_millilitres() -> None:
    heads, shapes = [thin_head(), thick_part()], bleed_shapes()
    whole = [(compose_scan(heads, shapes, SEED, index, 2.4), scans()[index]) for index in range(0, COUNT, 3)]
    assert any(thin.volumes_ml for thin, _ in whole)
    for thin, thick in whole:
        assert len(thin.hu) > 1.7 * len(thick.hu)
        assert thin.volumes_ml == thick.volumes_ml
        assert _ml(thin.blood, thin) == pytest.approx(_ml(thick.blood, thick), rel=0.01, abs=0.02)


def test_bleed_free_scans_are_labelled_as_such_and_are_about_a_third() -> None:
    clear = [scan for scan in scans() if not scan.volumes_ml]
    assert 4 <= len(clear) <= 14
    for scan in clear:
        assert not scan.labels.any()
        assert not scan.blood.any()
        assert not scan.types.any()


def test_a_slice_is_positive_for_what_covers_twenty_five_square_millimetres_of_it() -> None:
    for scan in scans():
        area = scan.blood.sum(axis=(1, 2)) / 255 * scan.spacing_mm[1] * scan.spacing_mm[2]
        assert (scan.types[area > 26, 0]).all()
        assert not (scan.types[area < 24, 0]).any()
        assert (scan.types[:, 0] >= scan.types[:, 1:].any(axis=1)).all()
        for column, label in enumerate(BLEEDS, start=1):
            if label not in scan.volumes_ml:
                assert not scan.types[:, column].any()


def test_blood_is_brighter_than_brain_where_it_is_labelled() -> None:
    levels = []
    for scan in scans():
        covered = np.isin(scan.labels, (Label.IPH, Label.EDH)) & (scan.blood == 255)
        if covered.sum() > 30:
            levels.append(float(np.median(scan.hu[covered])))
    assert len(levels) >= 3
    assert max(levels) > 55
    assert min(levels) > 36  # the phantom's brain has 32 HU


def test_no_bone_and_no_air_is_painted() -> None:
    # On thin slices: a thick one may hold air or bone in one half and blood in the other. Where the phantom's skull,
    # two voxels thick, is deformed, some voxels at its inside are part air.
    for index in range(12):
        scan = compose_scan([thin_head()], bleed_shapes(), SEED, index, slice_mm=SLICE_MM)
        painted = scan.blood > 30
        assert (painted & (scan.hu < -100)).sum() <= 0.01 * painted.sum()
        assert not (scan.blood[scan.hu > 400] > 128).any()


def test_windowed_heads_stay_in_their_window() -> None:
    for scan in scans():
        if scan.source == "phe_sich":
            assert scan.hu.min() >= 0
            assert scan.hu.max() <= 80


def test_every_type_is_composed() -> None:
    found = {label for scan in scans() for label in scan.volumes_ml}
    assert found == {*BLEEDS, Label.OEDEMA}
