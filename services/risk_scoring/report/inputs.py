"""Facts as the inputs of the models, and a model's refusal as reasons."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from services.risk_scoring.errors import FieldProblem
from services.risk_scoring.inputs import AdmissionInputs, read_inputs
from services.risk_scoring.record.facts import Facts
from shared.contracts.risk import NotComputable, NotComputableReason

# Inputs of the models under other names than the facts.
_NAMES: Final = {"onset_to_first_exam_h": "onset_to_ct_h"}

Inputs = TypeVar("Inputs", bound=AdmissionInputs)


def inputs_of(kind: type[Inputs], facts: Facts, **further: Any) -> Inputs:
    """``facts`` as inputs of ``kind``. Raises RiskInputError."""
    names = {name: _NAMES.get(name, name) for name in AdmissionInputs.model_fields}
    values = {theirs: facts.value(ours) for theirs, ours in names.items()}
    return read_inputs(kind, {**values, "haematoma_radiomics": facts.radiomics, **further})


def refusal(problems: Iterable[FieldProblem], facts: Facts) -> NotComputable:
    """Why there is no figure, by the names of the facts."""
    return NotComputable(reasons=[_reason(problem, facts) for problem in problems])


def no_haematoma(facts: Facts) -> NotComputable | None:
    """The refusal where the first CT shows no haematoma that anything could be said of."""
    if facts.value("haematoma_ml") != 0:
        return None
    detail = "The first CT shows no haematoma, and the models know patients with one alone."
    return NotComputable(reasons=[NotComputableReason(code="not_applicable", field="haematoma_ml", detail=detail)])


def _reason(problem: FieldProblem, facts: Facts) -> NotComputableReason:
    field = _NAMES.get(problem.field, problem.field)
    known = facts.radiomics if field == "haematoma_radiomics" else facts.value(field)
    return NotComputableReason(
        code="missing" if known is None else "not_applicable", field=field, detail=f"{field} {problem.problem}."
    )
