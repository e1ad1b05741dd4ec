"""The figures of an evaluation: how right what was given is, how much was given, and how much of what was wrong."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from services.heart_rate.evaluation.bland_altman import agreement
from services.heart_rate.evaluation.case import WRONG_BPM, Case
from services.heart_rate.evaluation.intervals import numbered, over_persons
from shared.evaluation.estimate import Estimate
from shared.evaluation.proportions import wilson
from shared.evaluation.report import EvaluationReport, Row

_TOLERANCES_BPM = (1.0, 2.0, 5.0, 10.0)


def report_on(
    cases: Sequence[Case], data: Mapping[str, Any], note: str, repeats: int | None = None
) -> EvaluationReport:
    """All figures of ``cases``; ``note`` says what the data are and what follows from it.

    Raises ValueError without cases.
    """
    report = EvaluationReport(
        model={"name": "services.heart_rate.estimate"},
        data={**data, "recordings": len(cases), "persons": len({case.person for case in cases})},
        notes=[
            note,
            "Intervals are 95 %: bootstrap over persons for errors, Wilson for shares, which takes recordings as "
            "independent.",
        ],
    )
    given = [case for case in cases if not np.isnan(case.error_bpm)]
    _add_errors(report, given, repeats)
    report.add("coverage", _share(cases, _is_given), "share of recordings with a pulse for which a number was given")
    for group in dict.fromkeys(case.group for case in cases):
        of_group = [case for case in cases if case.group == group]
        report.add(f"coverage_{group}", _share(of_group, _is_given), f"the same, of the recordings called {group}")
    wrong = [case for case in cases if case.wrong]
    report.add(
        "wrong_given",
        wilson(sum(case.given is not None for case in wrong), len(wrong)),
        f"share given out among the numbers computed that are wrong by more than {WRONG_BPM:.0f} bpm",
    )
    report.add(
        "given_wrong",
        wilson(sum(case.wrong for case in cases if case.given is not None), sum(c.given is not None for c in cases)),
        f"share wrong by more than {WRONG_BPM:.0f} bpm among the numbers given out",
    )
    report.add_table("conditions", [_of_condition(name, of) for name, of in _by_condition(cases)], "by condition")
    report.add_table("errors", _error_table(given), "how far what was given is off")
    report.add_table("reasons", _reasons(cases), "why numbers were withheld")
    return report


def _add_errors(report: EvaluationReport, given: Sequence[Case], repeats: int | None) -> None:
    if not given:
        return
    person = numbered([case.person for case in given])
    errors = np.array([case.error_bpm for case in given])
    report.add("mae_bpm", over_persons(np.abs(errors), person, np.mean, repeats), "mean absolute error where given")
    report.add(
        "rmse_bpm",
        over_persons(errors, person, lambda chosen: np.sqrt((chosen**2).mean()), repeats),
        "root mean square error where given",
    )
    limits = agreement(errors, person, repeats)
    report.add("bias_bpm", limits.bias, "mean of given minus true")
    report.add("limit_of_agreement_low_bpm", limits.lower, "bias - 1.96 SD (Bland and Altman 1986)")
    report.add("limit_of_agreement_high_bpm", limits.upper, "bias + 1.96 SD (Bland and Altman 1986)")


def _is_given(case: Case) -> bool:
    return case.given is not None


def _share(cases: Sequence[Case], holds: Callable[[Case], bool]) -> Estimate:
    """Of the cases in which there is a pulse to be found."""
    alive = [case for case in cases if not np.isnan(case.true_bpm)]
    return wilson(sum(map(holds, alive)), len(alive))


def _by_condition(cases: Sequence[Case]) -> list[tuple[str, list[Case]]]:
    names = dict.fromkeys(case.condition for case in cases)
    return [(name, [case for case in cases if case.condition == name]) for name in names]


def _of_condition(name: str, cases: Sequence[Case]) -> Row:
    return {
        "condition": name,
        "recordings": len(cases),
        "given": sum(map(_is_given, cases)),
        "coverage": wilson(sum(map(_is_given, cases)), len(cases)),
        "mae_given_bpm": _mean_absolute([case.error_bpm for case in cases]),
        "mae_computed_bpm": _mean_absolute([case.candidate_error_bpm for case in cases]),
        "wrong": sum(case.wrong for case in cases),
        "wrong_and_given": sum(case.wrong and case.given is not None for case in cases),
    }


def _error_table(given: Sequence[Case]) -> list[Row]:
    errors = np.abs([case.error_bpm for case in given])
    return [
        {"within_bpm": tolerance, "share_of_given": wilson(int((errors <= tolerance).sum()), len(errors))}
        for tolerance in _TOLERANCES_BPM
    ]


def _reasons(cases: Sequence[Case]) -> list[Row]:
    counts = Counter(case.reason or "unnamed" for case in cases if case.given is None)
    return [{"reason": reason, "recordings": count} for reason, count in counts.most_common()]


def _mean_absolute(errors: Sequence[float]) -> float:
    finite = [abs(error) for error in errors if not np.isnan(error)]
    return float(np.mean(finite)) if finite else float("nan")
