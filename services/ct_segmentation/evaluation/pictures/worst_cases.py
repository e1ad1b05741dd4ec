"""The cases that went worst, each as the experts and as the network see it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from services.ct_segmentation.evaluation.cases import Outlines, ShownSlice
from services.ct_segmentation.evaluation.observations import HeadObservation
from shared.evaluation.plots.canvas import new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CASES = 10
_PER_ROW = 2
# Against grey brain and white bone: red clot, cyan oedema, yellow boxes.
_HAEMATOMA, _OEDEMA, _BOX = "#FF3B30", "#32D6FF", "#FFD60A"


def draw_worst_cases(heads: Sequence[HeadObservation], path: Path, note: str) -> Path:
    """Draw the ten patients of lowest haematoma Dice, each on the slice with most wrong pixels."""
    worst = sorted(heads, key=lambda head: head.haematoma.volume_dice)[:CASES]
    captions = [
        f"{head.worst_outlined.name}   patient's Dice: haematoma {head.haematoma.volume_dice:.2f}, "
        f"oedema {head.oedema.volume_dice:.2f}"
        for head in worst
    ]
    shown = [head.worst_outlined for head in worst]
    return _draw(shown, captions, f"The {len(worst)} patients of lowest haematoma Dice", path, note)


def draw_worst_scores(heads: Sequence[HeadObservation], threshold: float, path: Path, note: str) -> Path:
    """Draw the ten patients with a slice whose P(any) is furthest from what the experts say."""
    worst = sorted((head.worst_scored for head in heads), key=lambda one: abs(one.any_score - one.marked))[-CASES:][
        ::-1
    ]
    captions = [
        f"{one.name}   {'marked' if one.marked else 'not marked'}, P(any) {one.any_score:.3f} "
        f"{'≥' if one.any_score >= threshold else '<'} {threshold:.3g}"
        for one in worst
    ]
    return _draw(worst, captions, f"The {len(worst)} patients with the slices scored most wrongly", path, note)


def _draw(shown: Sequence[ShownSlice], captions: Sequence[str], title: str, path: Path, note: str) -> Path:
    """Two panels per case, the label left and the prediction right; two cases in a row."""
    rows = -(-len(shown) // _PER_ROW)
    figure = new_figure(11.0, 3.0 * rows + 0.8)
    figure.suptitle(title)
    blocks = figure.subfigures(rows, _PER_ROW, squeeze=False).flat
    for block, one, caption in zip(blocks, shown, captions, strict=False):
        block.suptitle(caption, fontsize=9)
        experts, network = block.subplots(1, 2)
        _panel(experts, one.image, one.labelled, "label")
        _panel(network, one.image, one.predicted, "prediction")
        _boxes(experts, one)
    legend = "red: haematoma (label made from intensity), cyan: oedema (expert outline), yellow: expert box"
    return save(figure, path, f"{legend}\n{note}")


def _panel(axes: "Axes", image: NDArray[np.uint8], outlines: Outlines, name: str) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="bilinear")
    for mask, colour in ((outlines.oedema, _OEDEMA), (outlines.haematoma, _HAEMATOMA)):
        if mask.any():
            axes.contour(mask, levels=[0.5], colors=[colour], linewidths=1.0)
    axes.set_title(name, fontsize=8, pad=2)
    axes.set_axis_off()


def _boxes(axes: "Axes", one: ShownSlice) -> None:
    for box in one.boxes:
        corners = (
            [box.left, box.right, box.right, box.left, box.left],
            [box.top, box.top, box.bottom, box.bottom, box.top],
        )
        axes.plot(*corners, color=_BOX, linewidth=0.8, linestyle="--", scalex=False, scaley=False)
