"""How sure somebody was against how often they were right. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

ORDER = ("guess", "think_so", "sure")


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers given with one degree of sureness, and how many of them were all right."""

    sureness: str
    answers: int = 0
    right: int = 0

    @property
    def per_cent(self) -> int | None:
        """The share that was right, 0 to 100, rounded down; None without an answer."""
        return self.right * 100 // self.answers if self.answers else None


def bins(answers: Iterable[tuple[str, float]]) -> list[Bin]:
    """Count answers given as (sureness, credit) into the three bins, from Guess to I am sure.

    An answer counts as right with full credit only. Answers that do not say how sure are left out.
    """
    credits: dict[str, list[float]] = {sureness: [] for sureness in ORDER}
    for sureness, credit in answers:
        if sureness in credits:
            credits[sureness].append(credit)
    return [Bin(name, len(given), sum(credit >= 1 for credit in given)) for name, given in credits.items()]
