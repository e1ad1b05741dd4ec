"""What became of all predicted expansions, one verdict for each haematoma."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.database.tables import ExpansionOutcome
from shared.evaluation.expansion_bands import Verdict


def verdicts(session: Session, model_name: str | None = None) -> list[Verdict]:
    """One verdict for each haematoma that was predicted on and seen again, by the model of that name or by any."""
    query = select(ExpansionOutcome)
    if model_name is not None:
        query = query.where(ExpansionOutcome.model_name == model_name)
    rows = sorted(session.scalars(query), key=lambda row: (*_haematoma(row), row.created_at))
    return [_verdict(list(group)) for _, group in groupby(rows, key=_haematoma)]


def models_judged(session: Session) -> list[str]:
    """The models that have any outcome."""
    return list(session.scalars(select(ExpansionOutcome.model_name).distinct().order_by(ExpansionOutcome.model_name)))


def _haematoma(row: ExpansionOutcome) -> tuple[str, str]:
    """By the time of its first scan: a scan that was analysed again shows the same one."""
    return str(row.patient_id), row.growth["first"]["at"]


def _verdict(rows: Iterable[ExpansionOutcome]) -> Verdict:
    """The first prediction against all later scans: one that shows an expansion is enough."""
    known = list(rows)
    seen = {row.expanded for row in known}
    expanded = True if "yes" in seen else None if "uncertain" in seen else False
    return Verdict(known[0].predicted, expanded)
