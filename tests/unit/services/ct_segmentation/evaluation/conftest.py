import pytest

from shared.evaluation import bootstrap


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are tested here; how their intervals come about is tested with the bootstrap itself."""
    monkeypatch.setattr(bootstrap, "REPEATS", 50)
