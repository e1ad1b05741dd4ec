"""The free-response curve: lesions hit against false regions per patient."""

from collections.abc import Sequence
from pathlib import Path

from services.ct_segmentation.evaluation.observations import HeadObservation
from services.ct_segmentation.evaluation.regions import froc
from shared.evaluation.plots.canvas import BLUE, ORANGE, new_figure, plain, save


def draw_free_response(heads: Sequence[HeadObservation], path: Path, note: str) -> Path:
    """Draw the curve of ``heads`` to ``path``; its end is the network as shipped, with every region called."""
    boxes = sum(head.boxes for head in heads)
    curve = froc([head.candidates for head in heads], boxes)
    figure = new_figure(5.8, 5.0)
    axes = figure.subplots()
    axes.step(curve.false_regions, curve.sensitivity, where="post", color=BLUE, linewidth=1.6)
    end_x, end_y = float(curve.false_regions[-1]), float(curve.sensitivity[-1])
    label = f"as shipped: {end_y:.3f} of boxes, {end_x:.2f} false regions per patient"
    axes.plot(end_x, end_y, "o", color=ORANGE, markersize=7, label=label, clip_on=False)
    axes.set(ylim=(0, 1.02), title=f"Free response over {boxes} expert boxes")
    axes.set_xlim(left=-0.02 * max(end_x, 1))
    axes.legend(loc="lower right", frameon=False, fontsize=9)
    plain(axes, "predicted regions outside every box, per patient", "share of boxes hit")
    return save(figure, path, f"{note}; a hit is a region whose centroid lies in the box")
