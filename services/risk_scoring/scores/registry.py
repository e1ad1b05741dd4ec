"""All clinical scores by name, and their computation from untyped facts with every wrong field named."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from services.risk_scoring.errors import FieldProblem, RiskInputError
from services.risk_scoring.scores.bat import BAT
from services.risk_scoring.scores.brain import BRAIN
from services.risk_scoring.scores.brouwers import BROUWERS
from services.risk_scoring.scores.func import FUNC
from services.risk_scoring.scores.ich import ICH
from services.risk_scoring.scores.nag import NAG
from services.risk_scoring.scores.news2 import NEWS2
from services.risk_scoring.scores.score import NotComputable, Score, ScoreResult
from shared.errors import InputRefusedError

SCORES: Final[Mapping[str, Score[Any]]] = {score.name: score for score in (ICH, FUNC, BRAIN, NAG, BAT, BROUWERS, NEWS2)}


class UnknownScoreError(InputRefusedError):
    """There is no score of this name."""

    code = "score_unknown"
    status = 404


def compute(name: str, facts: Mapping[str, object]) -> ScoreResult | NotComputable:
    """The score ``name`` of ``facts``, a mapping of its input fields as in JSON.

    Raises UnknownScoreError, and RiskInputError with every impossible field. A missing field is no error: the
    result says NotComputable.
    """
    score = SCORES.get(name)
    if score is None:
        raise UnknownScoreError(f"There is no clinical score {name!r}; choose from {', '.join(SCORES)}.")
    try:
        inputs = score.inputs.model_validate(dict(facts))
    except ValidationError as error:
        raise RiskInputError(_problems(error)) from None
    return score.compute(inputs)


def compute_all(facts: Mapping[str, object]) -> dict[str, ScoreResult | NotComputable]:
    """Every score from one patient's ``facts``, each of which is handed to the scores that know it.

    Raises RiskInputError for a fact that is impossible, or that no score knows.
    """
    known = {field for score in SCORES.values() for field in score.inputs.model_fields}
    if unknown := sorted(set(facts) - known):
        problems = tuple(FieldProblem(field, "no score reads this field") for field in unknown)
        raise RiskInputError(problems)
    return {
        name: compute(name, {field: facts[field] for field in score.inputs.model_fields if field in facts})
        for name, score in SCORES.items()
    }


def _problems(error: ValidationError) -> tuple[FieldProblem, ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    problems = (FieldProblem(str(e["loc"][0]), e["msg"].removeprefix("Value error, ")) for e in found)
    return tuple(dict.fromkeys(problems))
