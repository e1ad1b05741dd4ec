"""Dice against the size of what was to be found, by patient and by slice."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from services.ct_segmentation.evaluation.observations import HeadObservation, MaskCounts
from services.ct_segmentation.evaluation.size_bands import ASSUMED_SPACING_MM, PIXEL_ML, SLICE_BANDS
from shared.evaluation.plots.canvas import BLUE, ORANGE, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {"haematoma": BLUE, "oedema": ORANGE}


def draw_dice_by_size(heads: Sequence[HeadObservation], path: Path, note: str) -> Path:
    """Draw both panels to ``path``: a dot per patient over mL, and boxes of single slices by size band."""
    figure = new_figure(11.0, 5.0)
    by_patient, by_slice = figure.subplots(1, 2)
    for place, (name, colour) in enumerate(_COLOURS.items()):
        counts: list[MaskCounts] = [getattr(head, name) for head in heads]
        _patients(by_patient, counts, name, colour)
        _slices(by_slice, counts, colour, place)
    by_patient.set(xscale="log", ylim=(-0.03, 1.03), title="Patients")
    by_patient.xaxis.set_major_formatter("{x:g}")
    by_patient.legend(frameon=False, loc="lower right", fontsize=9)
    plain(by_patient, "labelled volume of the patient, mL (log)", "Dice over all slices")
    bands = [band.name("px").replace(" and more", "\nand more") for band in SLICE_BANDS]
    by_slice.set(
        ylim=(-0.09, 1.03), title="Single slices on which the label is not empty", xlim=(-0.6, len(bands) - 0.4)
    )
    by_slice.set_xticks(range(len(bands)), bands)
    plain(by_slice, "labelled pixels on the slice", "Dice")
    spacing = " x ".join(f"{mm:g}" for mm in ASSUMED_SPACING_MM)
    return save(
        figure, path, f"{note}; mL at an assumed {spacing} mm; boxes: quartiles, whiskers to 1.5 times their span"
    )


def _patients(axes: "Axes", counts: Sequence[MaskCounts], name: str, colour: str) -> None:
    volumes = PIXEL_ML * np.array([float(c.labelled.sum()) for c in counts])
    dice = np.array([c.volume_dice for c in counts])
    shown = volumes > 0
    axes.plot(
        volumes[shown], dice[shown], "o", color=colour, alpha=0.75, markersize=6, markeredgewidth=0,
        label=f"{name}: mean {dice[shown].mean():.3f}" if shown.any() else name,
    )  # fmt: skip


def _slices(axes: "Axes", counts: Sequence[MaskCounts], colour: str, place: int) -> None:
    sized = [(float(c.labelled[i]), c.slice_dice(int(i))) for c in counts for i in np.flatnonzero(c.labelled)]
    for index, band in enumerate(SLICE_BANDS):
        values = [dice for size, dice in sized if band.holds(size)]
        if not values:
            continue
        x = index + (place - 0.5) * 0.4
        axes.boxplot(
            values, positions=[x], widths=0.3, patch_artist=True, manage_ticks=False,
            boxprops={"facecolor": colour, "alpha": 0.55, "linewidth": 0}, medianprops={"color": "black"},
            whiskerprops={"color": colour}, capprops={"color": colour},
            flierprops={"marker": ".", "markersize": 4, "markeredgecolor": colour},
        )  # fmt: skip
        axes.annotate(f"n = {len(values)}", (x, -0.07), ha="center", fontsize=7.5, color=colour)
