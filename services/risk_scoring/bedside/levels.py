"""The three levels of risk at the bedside."""

from enum import StrEnum


class RiskLevel(StrEnum):
    """green < amber < red: compared by rank, where text would go by the alphabet."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def rank(self) -> int:
        """0, 1 or 2."""
        return list(RiskLevel).index(self)

    @property
    def below(self) -> "RiskLevel":
        """The next lower level; green has none and is its own."""
        return list(RiskLevel)[max(self.rank - 1, 0)]

    def __lt__(self, other: str) -> bool:
        return self.rank < RiskLevel(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= RiskLevel(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > RiskLevel(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= RiskLevel(other).rank
