"""A file that goes out, and what of the questions it cannot carry. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from courses.content_files.format import Question
from courses.wording import gettext as _
from courses.wording import ngettext


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
        gone = [self._left_out(what, many) for what, many in self.whole.items()]
        return (*gone, *(self._poorer(what, many) for what, many in self.parts.items()))

    def _left_out(self, what: str, many: int) -> str:
        said = _("%(format)s has no %(what)s: %(count)s left out.")
        return said % {"format": self.format, "what": what, "count": many}

    def _poorer(self, what: str, many: int) -> str:
        said = ngettext(
            "%(format)s has no place for %(what)s: %(count)s question loses them.",
            "%(format)s has no place for %(what)s: %(count)s questions lose them.",
            many,
        )
        return said % {"format": self.format, "what": what, "count": many}
