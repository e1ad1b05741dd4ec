import numpy as np
import pytest

from services.ct_segmentation.framing import INPUT_SIZE, find_frame
from services.ct_segmentation.training.datasets.labelled_slices import labelled_slices
from services.ct_segmentation.training.datasets.labelled_study import Label, LabelledStudy, Outlines, TypeLabels
from services.ct_segmentation.windowing import brain_window
from tests.fixtures.phe_sich import DrawnHead, Lesion, draw_head

LESION = Lesion(row=56, column=80, radius=9, rim=3, slices=(3, 4))
FIVE = (Label.IPH, Label.IVH, Label.SAH, Label.SDH, Label.EDH)
# any, IPH, IVH, SAH, SDH, EDH
NONE, ONE_IPH, BLEED = [False] * 6, [True, True, *[False] * 4], [True, *[False] * 5]


def head() -> DrawnHead:
    return draw_head(LESION, slices=6, size=128, scale=0.25)


def study(
    hu: np.ndarray,
    present: list[list[bool]],
    known: list[list[bool]],
    outlines: Outlines | None = None,
    spacing_mm: tuple[float, float, float] = (5.0, 1.0, 1.0),
) -> LabelledStudy:
    types = TypeLabels(np.array(present), np.array(known))
    affine = np.diag([*spacing_mm[::-1], 1.0])
    return LabelledStudy("set", "7", "patient", hu.astype(np.int16), affine, types, types.of_study(), outlines)


def outlines(drawn: DrawnHead, told_apart: frozenset[Label], trusted: list[bool] | None = None) -> Outlines:
    labels = np.where(drawn.haematoma, Label.IPH, np.where(drawn.oedema, Label.OEDEMA, 0)).astype(np.uint8)
    return Outlines(labels, told_apart, np.array(trusted or [True] * len(labels)))


def test_a_study_goes_the_way_that_the_network_serves() -> None:
    drawn = head()
    types = [NONE, NONE, NONE, ONE_IPH, ONE_IPH, NONE]
    made = labelled_slices(study(drawn.hu, types, [[True] * 6] * 6, outlines(drawn, frozenset({*FIVE, Label.OEDEMA}))))

    windowed = brain_window(drawn.hu.astype(np.int16))
    frame = find_frame(windowed)
    np.testing.assert_array_equal(made.images, np.stack([frame.crop(plane) for plane in windowed]))
    assert made.images.shape == (6, INPUT_SIZE, INPUT_SIZE)
    assert made.masks.shape == (6, 2, INPUT_SIZE, INPUT_SIZE)
    for channel, truth in enumerate((drawn.haematoma, drawn.oedema)):
        expected = np.stack([frame.crop(plane.astype(np.uint8) * np.uint8(255)) for plane in truth])
        np.testing.assert_array_equal(made.masks[:, channel], expected)
    np.testing.assert_array_equal(made.types, types)
    assert made.known.all()
    assert made.outlined.all()
    assert set(made.stacks) == {"set/7"}


def test_the_type_of_blood_is_told_pixel_by_pixel_or_not_at_all() -> None:
    drawn = head()
    types, known = [NONE, NONE, NONE, ONE_IPH, ONE_IPH, NONE], [[True] * 6] * 6
    told = labelled_slices(study(drawn.hu, types, known, outlines(drawn, frozenset(FIVE))))
    np.testing.assert_array_equal(told.type_masks(3)[0], told.masks[3, 0])
    assert not told.type_masks(3)[1:].any()
    assert told.type_masks_known(3).all()

    untold = outlines(drawn, frozenset({Label.UNSPECIFIED}))
    untold.labels[drawn.haematoma] = Label.UNSPECIFIED
    made = labelled_slices(study(drawn.hu, types, known, untold))
    assert made.masks[3, 0].any()
    assert not made.type_masks(3).any()
    assert not made.type_masks_known(3).any()
    assert made.type_masks_known(0).all()  # no blood at all is known of every type


def test_thin_slices_are_averaged_and_a_type_on_one_of_them_is_on_the_slab() -> None:
    drawn = head()
    bleeds_on_3 = [NONE, NONE, NONE, ONE_IPH, NONE, NONE]
    known = [[True] * 6] * 5 + [NONE]
    thin = study(drawn.hu, bleeds_on_3, known, outlines(drawn, frozenset(FIVE)), spacing_mm=(2.5, 1.0, 1.0))

    made = labelled_slices(thin)

    np.testing.assert_array_equal(made.types, [NONE, ONE_IPH, NONE])
    np.testing.assert_array_equal(made.known, [[True] * 6, [True] * 6, [False] * 6])  # absent needs both slices
    # Half of the slab's thickness is clot on slice 3 alone, half on slice 4 alone.
    assert made.masks[1, 0].max() == 128
    assert made.masks[2, 0].max() == 128


def test_pixels_that_are_not_square_are_made_square_with_their_masks() -> None:
    drawn = head()
    narrow = drawn.hu[:, :, ::2]  # columns twice as far apart
    flat = DrawnHead(narrow, drawn.haematoma[:, :, ::2], drawn.oedema[:, :, ::2], LESION)
    unknown = [[False] * 6] * 6
    made = labelled_slices(study(narrow, unknown, unknown, outlines(flat, frozenset(FIVE)), spacing_mm=(5.0, 1.0, 2.0)))
    square = labelled_slices(study(drawn.hu, unknown, unknown, outlines(drawn, frozenset(FIVE))))
    inside, expected = made.masks[3, 0] > 127, square.masks[3, 0] > 127
    dice = 2 * (inside & expected).sum() / (inside.sum() + expected.sum())
    assert dice > 0.9


def test_every_type_of_bleed_is_haematoma_and_unknown_masks_are_said_to_be() -> None:
    drawn = head()
    labels = np.zeros(drawn.hu.shape, np.uint8)
    for index, label in enumerate((*FIVE, Label.UNSPECIFIED)):
        labels[index, 50:60, 50:60] = label
    any_type = Outlines(labels, frozenset({Label.UNSPECIFIED}), np.array([True, False, True, True, True, True]))
    unknown = [[False] * 6] * 6

    made = labelled_slices(study(drawn.hu, unknown, unknown, any_type))

    assert (made.masks[:, 0].max(axis=(1, 2)) > 0).tolist() == [True, False, True, True, True, True]
    assert made.outlined[:, 0].tolist() == [True, False, True, True, True, True]  # slice 1 is not to be trusted
    assert not made.outlined[:, 1].any()  # nobody outlined oedema
    assert not made.masks[:, 1].any()


@pytest.mark.parametrize("known", [True, False])
def test_without_outlines_a_slice_known_not_to_bleed_has_a_known_empty_mask(known: bool) -> None:
    types, knowledge = [NONE] * 5 + [BLEED], [[known] * 6] * 5 + [BLEED]
    made = labelled_slices(study(head().hu, types, knowledge))
    assert made.outlined[:, 0].tolist() == [known] * 5 + [False]
    assert not made.outlined[:, 1].any()
    assert not made.masks.any()
