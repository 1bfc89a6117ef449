"""Questions one below the other, each with a way out to a decision and a way on to the next. Pure."""

from dataclasses import dataclass

from courses.figures.canvas import (
    LINE,
    SMALL,
    TEXT,
    WIDE,
    Drawing,
    arrow_head,
    length,
    path,
    rect,
    text,
    texts,
    wrap,
)
from courses.figures.shape import Numbers, Table
from courses.wording import gettext as _
from courses.yaml_records import Record

NAME = "decision-tree"
MOST = 6
MOST_LETTERS = 110
INSET = 14.0
"""Between a box and its words."""


@dataclass(frozen=True)
class Question:
    """What to ask; the answer that ends here with a decision, and the one that leads on."""

    ask: str
    answer: str
    then: str
    otherwise: str


@dataclass(frozen=True)
class Content:
    """The questions in their order, and the decision after the last."""

    questions: tuple[Question, ...]
    end: str


def read(record: Record) -> Content:
    """Read the questions."""
    content = Content(
        tuple(_question(question) for question in record.records("questions")),
        record.text("end", most=MOST_LETTERS),
    )
    if len(content.questions) > MOST:
        record.report(
            "questions",
            _("questions holds at most %(most)s, not %(count)s")
            % {"most": MOST, "count": len(content.questions)},
        )
    return content


def _question(record: Record) -> Question:
    question = Question(
        record.text("ask", most=MOST_LETTERS),
        record.text("answer", _("Yes"), most=8),
        record.text("then", most=MOST_LETTERS),
        record.text("otherwise", "No", most=8),
    )
    if question.ask and not question.ask.endswith("?"):
        record.report("ask", _("ask is a question and ends with a question mark"))
    record.finish()
    return question


def rows(content: Content, numbers: Numbers) -> Table:
    """Return a row for each answer of each question, in words."""
    found: list[tuple[str, ...]] = []
    for place, question in enumerate(content.questions, start=1):
        last = place == len(content.questions)
        onward = content.end if last else _("Go on to question %(place)s") % {"place": place + 1}
        found.append((f"{place}. {question.ask}", question.answer, question.then))
        found.append((f"{place}. {question.ask}", question.otherwise, onward))
    return Table((_("Question"), _("If the answer is"), _("Then")), tuple(found))


@dataclass(frozen=True)
class _Box:
    """Words in a box: where it stands, how its words break, how high it is."""

    x: float
    width: float
    lines: list[str]
    bold: bool

    @property
    def height(self) -> float:
        return len(self.lines) * TEXT * LINE + 2 * INSET - 3

    def marks(self, y: float, kind: str) -> list[str]:
        words = texts(self.x + INSET, y + INSET + TEXT * 0.78, self.lines, "strong" if self.bold else "")
        return [rect(self.x, y, self.width, self.height, kind, 8 if self.bold else 16), words]


def _box(x: float, width: float, words: str, *, bold: bool) -> _Box:
    return _Box(x, width, wrap(words, width - 2 * INSET, bold=bold), bold)


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw questions on the left and decisions on the right, or all in one column where it is narrow."""
    return _wide(content, width) if width == WIDE else _narrow(content, width)


def _wide(content: Content, width: int) -> Drawing:
    marks: list[str] = []
    y, spine = 2.0, 140.0
    for place, question in enumerate(content.questions, start=1):
        ask = _box(2, 290, f"{place}. {question.ask}", bold=True)
        then = _box(374, width - 376, question.then, bold=False)
        high = max(ask.height, then.height)
        middle = y + high / 2
        marks += ask.marks(middle - ask.height / 2, "ask")
        marks += then.marks(middle - then.height / 2, "outcome")
        marks += [path("way", (292, middle), (368, middle)), arrow_head(373, middle)]
        marks.append(text(331, middle - 7, question.answer, "small strong", "middle"))
        bottom = middle + ask.height / 2
        y += high + 40
        top = y
        if place < len(content.questions):
            following = content.questions[place]
            other = _box(374, width - 376, following.then, bold=False)
            box = _box(2, 290, f"{place + 1}. {following.ask}", bold=True)
            top = y + max(0, other.height - box.height) / 2
        marks += [path("way", (spine, bottom), (spine, top - 5)), arrow_head(spine, top - 1, down=True)]
        marks.append(text(spine + 9, (bottom + top) / 2 + 3, question.otherwise, "small strong"))
    end = _box(2, 290, content.end, bold=False)
    marks += end.marks(y, "outcome")
    return Drawing(width, round(y + end.height + 2), "".join(marks))


def _narrow(content: Content, width: int) -> Drawing:
    marks: list[str] = []
    y, spine = 2.0, 20.0
    for place, question in enumerate(content.questions, start=1):
        ask = _box(2, width - 4, f"{place}. {question.ask}", bold=True)
        marks += ask.marks(y, "ask")
        y += ask.height
        label = length(question.answer, SMALL, bold=True)
        left = spine + label + 34
        then = _box(left, width - 2 - left, question.then, bold=False)
        middle = y + 16 + then.height / 2
        after = y + 16 + then.height + 38
        marks += [path("way", (spine, y), (spine, after - 5)), arrow_head(spine, after - 1, down=True)]
        marks += [path("way", (spine, middle), (left - 6, middle)), arrow_head(left - 1, middle)]
        marks.append(text(spine + 9, middle - 7, question.answer, "small strong"))
        marks += then.marks(y + 16, "outcome")
        marks.append(text(spine + 9, after - 15, question.otherwise, "small strong"))
        y = after
    end = _box(2, width - 4, content.end, bold=False)
    marks += end.marks(y, "outcome")
    return Drawing(width, round(y + end.height + 2), "".join(marks))
