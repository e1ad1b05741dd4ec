import math

import numpy as np
import pytest

from services.ct_segmentation.evaluation.studies.observation import bleed_size, observe_framed, observe_labelled
from services.ct_segmentation.network import HaemorrhageNetwork
from services.ct_segmentation.training.datasets.labelled_study import (
    Label,
    LabelledStudy,
    Outlines,
    TypeLabels,
    types_of_labels,
)
from tests.fixtures.brightness_network import write_brightness_network
from tests.fixtures.framed import draw_framed_slices
from tests.fixtures.phe_sich import Lesion, draw_head

TOLD_APART = frozenset({Label.UNSPECIFIED})


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> HaemorrhageNetwork:
    return HaemorrhageNetwork.load(write_brightness_network(tmp_path_factory.mktemp("weights")), threads=1)


def labelled_study(slice_mm: float, trusted: tuple[int, ...] = tuple(range(8))) -> LabelledStudy:
    """Eight slices of a round clot of 22 pixels radius on slices 3 and 4, at 0.5 mm in plane."""
    head = draw_head(Lesion(slices=(3, 4)))
    labels = np.where(head.haematoma, Label.UNSPECIFIED, Label.BACKGROUND).astype(np.uint8)
    types = types_of_labels(labels, TOLD_APART)
    trust = np.isin(np.arange(8), trusted)
    affine = np.diag([0.5, 0.5, slice_mm, 1.0])
    hu = np.rint(head.hu).astype(np.int16)
    return LabelledStudy("drawn", "1", "p1", hu, affine, types, types.of_study(), Outlines(labels, TOLD_APART, trust))


def test_volumes_are_in_millilitres_of_the_studys_own_grid(network: HaemorrhageNetwork) -> None:
    found = observe_labelled(labelled_study(slice_mm=5.0), network)
    assert found.size is not None
    exact_ml = math.pi * 11**2 * 10 / 1000  # a disc of 11 mm radius on two slices of 5 mm
    assert found.size.labelled_ml == pytest.approx(exact_ml, rel=0.01)
    assert found.size.predicted_ml == pytest.approx(exact_ml, rel=0.06)
    assert found.size.dice > 0.95
    assert found.size.surface_mm < 0.5
    assert found.size.hausdorff_mm <= 2
    assert found.slice_types.present[:, 0].tolist() == [index in (3, 4) for index in range(8)]
    assert int(found.scores["any"].argmax()) in (3, 4)


def test_thin_slices_are_labelled_by_the_slabs_that_the_network_sees(network: HaemorrhageNetwork) -> None:
    found = observe_labelled(labelled_study(slice_mm=2.5), network)
    assert found.scores["any"].shape == (4,)
    assert found.slice_types.present[:, 0].tolist() == [False, True, True, False]
    assert found.slice_types.known[:, 0].all()
    # A type that is not told is known to be absent where nothing bleeds, and unknown in a slab that bleeds.
    assert found.slice_types.known[:, 1].tolist() == [True, False, False, True]


def test_slices_of_doubtful_outline_do_not_count_as_misses(network: HaemorrhageNetwork) -> None:
    found = observe_labelled(labelled_study(slice_mm=5.0, trusted=(0, 1, 2, 3, 5, 6, 7)), network)
    assert found.size is not None
    assert found.size.labelled_ml == pytest.approx(math.pi * 11**2 * 5 / 1000, rel=0.01)
    assert found.size.dice > 0.95


def test_a_composed_stack_is_judged_in_its_frame(network: HaemorrhageNetwork) -> None:
    data = draw_framed_slices(stacks=1)
    found = observe_framed(data, network)
    assert (found.study, found.patient) == ("composed-0", "composed-0")
    assert found.study_types.present.tolist() == [True, True, False, False, False, False]
    assert found.size is not None
    assert found.size.dice == 1.0  # nothing was framed again
    assert found.size.labelled_voxels == found.size.predicted_voxels == int((data.masks[:, 0] > 127).sum())
    assert math.isnan(found.size.labelled_ml)


def test_sizes_of_an_empty_prediction_follow_the_policy() -> None:
    label = np.zeros((2, 8, 8), bool)
    label[0, 2:4, 2:4] = True
    size = bleed_size(np.zeros_like(label), label, (5.0, 1.0, 1.0))
    assert (size.dice, size.labelled_ml, size.predicted_ml) == (0.0, 0.02, 0.0)
    assert size.hausdorff_mm == size.surface_mm == math.inf


def test_types_without_an_outline_have_no_size(network: HaemorrhageNetwork) -> None:
    whole = labelled_study(slice_mm=5.0)
    study = LabelledStudy("drawn", "1", "p1", whole.hu, whole.affine, TypeLabels.unknown(8), TypeLabels.unknown())
    found = observe_labelled(study, network)
    assert found.size is None
    assert not found.slice_types.known.any()
