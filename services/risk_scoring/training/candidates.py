"""The models that compete: each an imblearn pipeline, so that every step is learned inside the fold it is used in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from imblearn.over_sampling import BorderlineSMOTE
from imblearn.pipeline import Pipeline
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from services.risk_scoring.training.ordinal_ridge import OrdinalRidge
from services.risk_scoring.training.stability import StabilitySelection
from services.risk_scoring.training.vif import VifFilter

_SEED = 2026
PAPER, RIDGE, NET, STABLE, BOOSTING, LITERATURE = (
    "paper", "ridge", "elastic net", "stability-selected", "gradient boosting", "shrunk to literature",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One setting of one family on some columns. ``binary`` learns from the event alone, else from its levels."""

    family: str
    setting: str
    columns: tuple[str, ...]
    build: Callable[[], Any]
    binary: bool = True

    @property
    def additive(self) -> bool:
        """Whether a scorecard can serve it: a sum of one term per feature."""
        return self.family != BOOSTING

    @property
    def name(self) -> str:
        """Family and setting."""
        return f"{self.family}, {self.setting}" if self.setting else self.family


def paper_steps(seed: int = _SEED) -> list[tuple[str, Any]]:
    """The paper's way: missing values, collinear columns out, standardisation, Borderline-SMOTE, regression."""
    return [*preparation(vif=True), ("oversample", BorderlineSMOTE(random_state=seed)), ("model", _logistic())]


def preparation(vif: bool = False) -> list[tuple[str, Any]]:
    """Missing values to the mean, as the served models do; then the VIF filter where asked for; standardisation."""
    steps: list[tuple[str, Any]] = [("impute", SimpleImputer(keep_empty_features=True))]
    if vif:
        steps.append(("vif", VifFilter()))
    return [*steps, ("scale", StandardScaler())]


def _logistic(**settings: Any) -> LogisticRegression:
    return LogisticRegression(max_iter=2000, random_state=_SEED, **settings)


def _paper() -> Pipeline:
    return Pipeline(paper_steps())


def _ridge(penalty: float, prior: tuple[float, ...] | None = None) -> Pipeline:
    return Pipeline([*preparation(), ("model", OrdinalRidge(penalty, prior))])


def _net(c: float, l1_ratio: float) -> Pipeline:
    return Pipeline([*preparation(), ("model", _logistic(C=c, l1_ratio=l1_ratio, solver="saga", tol=1e-3))])


def _stable() -> Pipeline:
    return Pipeline([*preparation(), ("select", StabilitySelection()), ("model", OrdinalRidge(3.0))])


def _boosting() -> Pipeline:
    model = GradientBoostingClassifier(
        n_estimators=40, max_depth=2, learning_rate=0.05, subsample=0.7, min_samples_leaf=5, random_state=_SEED
    )
    return Pipeline([*preparation(), ("model", model)])


def expansion_candidates(columns: Sequence[str], effects: Mapping[str, float]) -> list[Candidate]:
    """The competitors for expansion on ``columns``; ``effects`` is what the literature says about some of them."""
    every, known = tuple(columns), tuple(name for name in columns if name in effects)
    candidates = [Candidate(PAPER, "", every, _paper), Candidate(STABLE, "", every, _stable)]
    candidates += [Candidate(RIDGE, f"penalty {p:g}", every, partial(_ridge, p)) for p in (10, 30, 100)]
    candidates += [
        Candidate(NET, f"C {c:g}, L1 share {share:g}", every, partial(_net, c, share))
        for c in (0.1, 0.2, 0.4)
        for share in (0.5, 1.0)
    ]
    candidates.append(Candidate(BOOSTING, "", every, _boosting))
    for label, chosen in (("known predictors", known), ("all predictors", every)):
        prior = tuple(effects.get(name, 0.0) for name in chosen)
        candidates += [
            Candidate(LITERATURE, f"{label}, penalty {p:g}", chosen, partial(_ridge, p, prior), binary=False)
            for p in (15, 50, 150)
        ]
    return candidates


def outcome_candidates(sets: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Proportional odds with ridge on each named set of columns."""
    return [
        Candidate("proportional odds", f"{label}, penalty {p:g}", tuple(columns), partial(_ridge, p), binary=False)
        for label, columns in sets.items()
        for p in (1, 5, 20, 60)
    ]
