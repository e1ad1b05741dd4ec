"""Pictures like the paper's Figures 3 to 5, and what goes beyond them: groups, held-out errors, treatments."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import gaussian_kde, norm

from services.risk_scoring.oedema_course.training.curves import polynomial_curves
from services.risk_scoring.oedema_course.training.errors_in_ml import errors_of, mae
from services.risk_scoring.oedema_course.training.leave_one_out import PROTOCOLS
from services.risk_scoring.oedema_course.training.study import BEST_VARIANT, OedemaStudy
from services.risk_scoring.oedema_course.training.subgroups import COURSE_H
from shared.evaluation.plots.canvas import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, new_figure, plain, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GROUP_COLOURS = (SKY, BLUE, GREEN, ORANGE, BLACK)
_HOURS, _VOLUME = "hours from onset", "oedema, mL"
_WEEK_H = 168.0
_POINTS, _BINS = 200, 50
_KNOWN = {"admission": "the admission exam", "sequential": "every earlier exam"}


def draw_pictures(study: OedemaStudy, folder: Path) -> list[Path]:
    """Six pictures in ``folder``; their paths. Raises PlottingUnavailableError without matplotlib."""
    note = f"{len(study.table.patients)} patients, {len(study.table.hours)} exams."
    drawings: dict[str, tuple[Callable[[Axes, OedemaStudy], None], str]] = {
        "figure_3_polynomials": (_polynomials, note),
        "figure_4_exam_times": (_exam_times, note),
        "figure_5_box_plot": (_box_plot, note),
        "subgroups": (_subgroups, note + " k-means on fitted courses; thick: the groups' centres."),
        "leave_one_out": (_leave_one_out, note + " Leave one patient out; whiskers: 95 % over patients."),
        "treatments": (_treatments, note + " Observational: adjusted differences, 95 % over patients, no effects."),
    }
    paths = []
    for name, (draw, said) in drawings.items():
        figure = new_figure(8.0, 5.0)
        draw(figure.subplots(), study)
        paths.append(save(figure, folder / f"{name}.png", said))
    return paths


def _polynomials(axes: "Axes", study: OedemaStudy) -> None:
    axes.scatter(study.table.hours, study.table.oedema_ml, s=9, color=GREY, alpha=0.6, label="exams")
    drawn = polynomial_curves(study)
    axes.plot(drawn.hours, drawn.cubic_ml, color=BLUE, linewidth=2, label="cubic")
    axes.plot(drawn.hours, drawn.quartic_ml, color=ORANGE, linewidth=2, label="quartic")
    axes.set_ylim(-20, float(study.table.oedema_ml.max()) * 1.05)
    axes.legend(frameon=False)
    axes.set_title("Polynomials over all exams")
    plain(axes, _HOURS, _VOLUME)


def _exam_times(axes: "Axes", study: OedemaStudy) -> None:
    hours, test = study.table.hours, study.three_sigma
    at = np.linspace(0, float(hours.max()), _POINTS)
    axes.hist(hours, _BINS, density=True, color=SKY, alpha=0.5, label="exams")
    axes.plot(at, gaussian_kde(hours)(at), color=BLUE, label="kernel density")
    normal = norm.pdf(at, test.mean, test.deviation)
    axes.plot(at, normal, color=ORANGE, linestyle="--", label="normal distribution")
    axes.axvline(test.upper, color=GREY, linewidth=1, label=f"mean + 3 σ, {test.upper:.0f} h")
    axes.legend(frameon=False)
    axes.set_title(
        f"Exam times: Shapiro-Wilk W {test.shapiro_w:.2f}, p {test.shapiro_p:.1g}; skewness {test.skewness:.1f}"
    )
    plain(axes, _HOURS, "share per hour")


def _box_plot(axes: "Axes", study: OedemaStudy) -> None:
    box = study.box_plot
    axes.boxplot([study.table.hours], orientation="horizontal", widths=0.5, flierprops={"markersize": 4})
    axes.set_yticks([])
    axes.axvline(box.upper_fence, color=ORANGE, linestyle="--", linewidth=1)
    axes.set_title(f"Exam times: {box.outliers} of {len(study.table.hours)} above the fence of {box.upper_fence:.0f} h")
    plain(axes, _HOURS, "")


def _subgroups(axes: "Axes", study: OedemaStudy) -> None:
    table, groups = study.table, study.subgroups
    for patient, group in enumerate(groups.labels):
        own = table.of(patient)
        axes.plot(table.hours[own], table.oedema_ml[own], color=_GROUP_COLOURS[group], alpha=0.25, linewidth=0.8)
    for group, centre in enumerate(groups.centres):
        label = f"group {group + 1}: {int((groups.labels == group).sum())} patients"
        axes.plot(COURSE_H, np.maximum(centre, 0) ** 3, "o-", color=_GROUP_COLOURS[group], linewidth=3, label=label)
    axes.set_xlim(0, 5 * _WEEK_H)
    axes.legend(frameon=False)
    axes.set_title("Subgroups by trajectory")
    plain(axes, _HOURS, _VOLUME)


def _leave_one_out(axes: "Axes", study: OedemaStudy) -> None:
    for place, protocol in enumerate(PROTOCOLS):
        expected = {f"mixed model ({BEST_VARIANT})": study.held_out[BEST_VARIANT][protocol].mean_ml}
        expected |= study.compared[protocol]
        for row, volumes in enumerate(expected.values()):
            found = mae(errors_of(study.table, volumes))
            whiskers = [[found.value - found.low], [found.high - found.value]]
            axes.errorbar([found.value], [row + 0.3 * place], xerr=whiskers, fmt="o", color=(BLUE, GREEN)[place],
                          label=_KNOWN[protocol] if row == 0 else None)  # fmt: skip
        axes.set_yticks(range(len(expected)), list(expected), fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.legend(frameon=False, title="known")
    axes.set_title("Mean absolute error on patients left out")
    plain(axes, "mL", "")


def _treatments(axes: "Axes", study: OedemaStudy) -> None:
    shown = [effect for effect in study.treatments if np.isfinite(effect.adjusted.value)]
    for row, effect in enumerate(shown):
        for place, (found, name) in enumerate(
            ((effect.adjusted, "adjusted for admission"), (effect.mutually_adjusted, "and for other treatments"))
        ):
            whiskers = [[found.value - found.low], [found.high - found.value]]
            axes.errorbar([found.value], [row + 0.2 * place], xerr=whiskers, fmt="o", color=(BLUE, ORANGE)[place],
                          label=name if row == 0 else None)  # fmt: skip
    labels = [f"{effect.treatment.replace('_', ' ')} ({effect.treated}/{effect.untreated})" for effect in shown]
    axes.set_yticks(range(len(shown)), labels, fontsize=8)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_ylim(len(shown), -0.5)
    if shown:
        axes.legend(frameon=False, loc="lower left", ncols=2)
    axes.set_title("Follow-up oedema, treated less untreated")
    plain(axes, "mL", "")
