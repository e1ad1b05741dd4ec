from dataclasses import replace

import numpy as np
import pytest

from services.ct_segmentation.metrics import dice
from services.ct_segmentation.training.haematoma_labels import label_haematoma
from services.ct_segmentation.training.phe_sich import Box, LabelledHead
from tests.fixtures.phe_sich import CLOT, DrawnHead, Lesion, draw_head


def _labelled(drawn: DrawnHead) -> LabelledHead:
    boxes = tuple(
        (Box(*drawn.lesion.box),) if drawn.lesion and i in drawn.lesion.slices else () for i in range(len(drawn.hu))
    )
    names = tuple(f"0001_{i:02d}" for i in range(len(drawn.hu)))
    return LabelledHead("0001", names, drawn.windowed, drawn.oedema, boxes)


def test_the_clot_is_outlined_inside_its_box() -> None:
    drawn = draw_head(Lesion())
    assert dice(label_haematoma(_labelled(drawn)), drawn.haematoma) > 0.95


def test_nothing_is_labelled_without_a_box_or_an_outline() -> None:
    drawn = draw_head(Lesion())
    bare = replace(_labelled(drawn), boxes=((),) * 8, oedema=np.zeros_like(drawn.oedema))
    assert not label_haematoma(bare).any()


def test_an_outline_without_a_box_still_leads_to_its_clot() -> None:
    drawn = draw_head(Lesion())
    unboxed = replace(_labelled(drawn), boxes=((),) * 8)
    assert dice(label_haematoma(unboxed), drawn.haematoma) > 0.95


def test_the_expert_oedema_is_never_haematoma() -> None:
    drawn = draw_head(Lesion())
    head = _labelled(drawn)
    drawn_over = drawn.haematoma & (np.indices(drawn.haematoma.shape)[2] > 330)
    overlapping = replace(head, oedema=head.oedema | drawn_over)
    assert not (label_haematoma(overlapping) & overlapping.oedema).any()


def test_skull_and_scalp_in_a_box_are_left_out() -> None:
    # The box reaches over the right side of the skull (column 416) into a scalp as bright as clot.
    drawn = draw_head(Lesion(column=365))
    drawn.hu[3:5, 200:260, 420:430] = CLOT
    labels = label_haematoma(_labelled(drawn))
    assert not labels[:, :, 400:].any()
    assert dice(labels, drawn.haematoma) > 0.9


def test_a_calcification_beside_the_clot_is_left_out() -> None:
    drawn = draw_head(Lesion())
    drawn.hu[3:5, 262:270, 326:334] = 300
    labels = label_haematoma(_labelled(drawn))
    assert not labels[3:5, 263:269, 327:333].any()


@pytest.mark.parametrize("contrast", [4.0, 12.0])
def test_what_is_hardly_brighter_than_brain_is_no_haematoma(contrast: float) -> None:
    drawn = draw_head(Lesion())
    drawn.hu[drawn.haematoma] += 32 + contrast - CLOT
    found = dice(label_haematoma(_labelled(drawn)), drawn.haematoma)
    assert found < 0.2 if contrast < 7 else found > 0.8
