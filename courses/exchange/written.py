"""A file that goes out, and what of the questions it cannot carry. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from courses.content_files.format import Question


@dataclass(frozen=True)
class Written:
    """The bytes of a file, and sentences about what is not in it."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass
class Left:
    """Counts what a format has no place for."""

    format: str
    whole: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)

    def out(self, question: Question, what: str) -> None:
        """Count a question that is left out."""
        self.whole[what] += 1

    def loses(self, question: Question, what: str) -> None:
        """Count a question that loses a part."""
        self.parts[what] += 1

    def words(self) -> tuple[str, ...]:
        """Return a sentence for each kind of loss: “GIFT has no order question: 3 left out.”"""
        gone = [f"{self.format} has no {what}: {many} left out." for what, many in self.whole.items()]
        poorer = [
            f"{self.format} has no place for {what}: {many} {_those(many)} them."
            for what, many in self.parts.items()
        ]
        return (*gone, *poorer)


def _those(many: int) -> str:
    return "questions lose" if many > 1 else "question loses"
