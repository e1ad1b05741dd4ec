import numpy as np
import pytest

from services.ct_segmentation.training.datasets.labelled_study import (
    Label,
    LabelledStudy,
    Outlines,
    TypeLabels,
    types_of_labels,
)
from tests.fixtures.ct_datasets.tiny_head import AFFINE, tiny_head

# "any", IPH, IVH, SAH, SDH, EDH: 1 present, 0 absent, - unknown.


def types(text: str) -> TypeLabels:
    codes = np.array([list(row) for row in text.split()])
    return TypeLabels(codes == "1", codes != "-")


def written(labels: TypeLabels) -> str:
    codes = np.where(labels.known, np.where(labels.present, "1", "0"), "-")
    return " ".join("".join(row) for row in np.atleast_2d(codes))


@pytest.mark.parametrize(
    ("said", "follows"),
    [
        ("0-----", "000000"),  # no bleed rules every type out
        ("--1---", "1-1---"),  # a type makes "any" present
        ("-00000", "000000"),  # all five absent leave nothing
        ("-0000-", "-0000-"),  # four absent leave the fifth open
        ("1-----", "1-----"),
        ("110000", "110000"),
        ("100000", "1-----"),  # a bleed of none of the five: its types are untold
        ("001000", "------"),  # no bleed, yet an IVH: a contradiction
        ("0-1---", "------"),
        ("------", "------"),
    ],
)
def test_what_any_means_completes_the_labels(said: str, follows: str) -> None:
    labels = types(said)
    assert written(TypeLabels.implied(labels.present, labels.known)) == follows
    single = TypeLabels.implied(labels.present[0], labels.known[0])  # of a study: (6,)
    assert written(single) == follows


def test_a_type_is_absent_from_a_study_only_when_it_is_from_every_slice() -> None:
    assert written(types("000000 110000 1-1---").of_study()) == "111---"
    assert written(types("000000 ------").of_study()) == "------"
    assert written(types("000000 000000").of_study()) == "000000"


def test_presence_without_knowledge_and_other_shapes_are_a_readers_mistake() -> None:
    one = np.ones((2, 6), np.bool_)
    with pytest.raises(ValueError, match="without being known"):
        TypeLabels(one, ~one)
    with pytest.raises(ValueError, match="shapes"):
        TypeLabels(one[:, :5], one[:, :5])
    hu = tiny_head()
    unknown = TypeLabels.unknown(len(hu))
    with pytest.raises(ValueError, match="do not fit"):
        LabelledStudy("set", "1", "1", hu, AFFINE, TypeLabels.unknown(len(hu) + 1), unknown.of_study())
    outlines = Outlines(np.zeros(hu[1:].shape, np.uint8), frozenset({Label.IPH}), np.ones(len(hu), np.bool_))
    with pytest.raises(ValueError, match="do not fit"):
        LabelledStudy("set", "1", "1", hu, AFFINE, unknown, unknown.of_study(), outlines)


def test_outlines_that_tell_types_apart_label_every_slice() -> None:
    labels = np.zeros((4, 3, 3), np.uint8)
    labels[1, 0, 0], labels[2, 0, 0], labels[2, 1, 1], labels[3] = Label.EDH, Label.SAH, Label.IVH, Label.OEDEMA
    five = frozenset({Label.IPH, Label.IVH, Label.SAH, Label.SDH, Label.EDH})
    # Oedema alone is no bleed.
    assert written(types_of_labels(labels, five)) == "000000 100001 101100 000000"


def test_outlines_of_any_haemorrhage_tell_types_only_where_there_is_none() -> None:
    labels = np.zeros((2, 3, 3), np.uint8)
    labels[1, 0, 0] = Label.UNSPECIFIED
    assert written(types_of_labels(labels, frozenset({Label.UNSPECIFIED}))) == "000000 1-----"


def test_the_spacing_follows_the_axes_of_the_volume() -> None:
    hu = tiny_head()
    unknown = TypeLabels.unknown(len(hu))
    study = LabelledStudy("set", "1", "1", hu, AFFINE, unknown, unknown.of_study())
    assert study.spacing_mm == pytest.approx((5.0, 0.5, 0.4))
