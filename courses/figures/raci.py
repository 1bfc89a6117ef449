"""A RACI table: who does it, who answers for it, who is asked before, who is told after. Pure."""

from dataclasses import dataclass

from courses.figures.canvas import (
    LINE,
    NARROW,
    SMALL,
    TEXT,
    WIDE,
    Drawing,
    length,
    line,
    rect,
    text,
    texts,
    wrap,
)
from courses.figures.shape import NOTHING, Numbers, Table
from courses.wording import gettext as _
from courses.wording import gettext_lazy
from courses.yaml_records import Record

NAME = "raci"
LETTERS = {
    "A": gettext_lazy("answers for it"),
    "R": gettext_lazy("does it"),
    "C": gettext_lazy("is asked before"),
    "I": gettext_lazy("is told after"),
}
NOBODY = "none"
SIDES = ("product", "project", "both", "neither")
MOST_PEOPLE, MOST_ROWS = 5, 8
BADGE = 27.0


@dataclass(frozen=True)
class Person:
    """A column."""

    name: str
    role: str
    side: str


@dataclass(frozen=True)
class Row:
    """A result or decision, and each person's letters, in the order of the people."""

    result: str
    letters: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """People and rows."""

    people: tuple[Person, ...]
    rows: tuple[Row, ...]


def read(record: Record) -> Content:
    """Read people and rows; that exactly one person answers for each row is the point of the table."""
    people = tuple(_person(person) for person in record.records("people"))
    lines = record.records("rows")
    for person in people:
        room = NARROW / len(people) + 1
        if length(person.name, bold=True) > room or length(person.role, SMALL) > room:
            words = f"{person.name}, {person.role}"
            record.report("people", _("%(words)r is too long for a column on a phone") % {"words": words})
    if len(people) > MOST_PEOPLE:
        record.report(
            "people",
            _("people holds at most %(most_people)s, not %(count)s")
            % {"most_people": MOST_PEOPLE, "count": len(people)},
        )
    if len(lines) > MOST_ROWS:
        record.report(
            "rows",
            _("rows holds at most %(most_rows)s, not %(count)s")
            % {"most_rows": MOST_ROWS, "count": len(lines)},
        )
    return Content(people, tuple(_row(row, len(people)) for row in lines))


def _person(record: Record) -> Person:
    person = Person(
        record.text("name", most=12), record.text("role", most=12), record.one_of("side", SIDES, "neither")
    )
    record.finish()
    return person


def _row(record: Record, people: int) -> Row:
    row = Row(record.text("result", most=60), record.labels("letters", most=4))
    if record.has("letters"):
        known = all(letters == NOBODY or set(letters) <= set(LETTERS) for letters in row.letters)
        if len(row.letters) != people:
            record.report(
                "letters", _("letters holds %(people)s entries, one for each person") % {"people": people}
            )
        elif not known:
            record.report(
                "letters",
                _("letters are made of %(letters)s, or the word %(nobody)s")
                % {"letters": ", ".join(LETTERS), "nobody": NOBODY},
            )
        elif sum("A" in letters for letters in row.letters) != 1:
            record.report("letters", _("exactly one person has the A in each row"))
    record.finish()
    return row


def rows(content: Content, numbers: Numbers) -> Table:
    """Return the same table, with each letter in words."""
    head = (_("Result"), *(f"{person.name}, {person.role}" for person in content.people))
    return Table(
        head,
        tuple((row.result, *(_in_words(letters) for letters in row.letters)) for row in content.rows),
    )


def _in_words(letters: str) -> str:
    return NOTHING if letters == NOBODY else _(" and ").join(str(LETTERS[letter]) for letter in letters)


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw letters in boxes; where it is narrow, the result stands above its row."""
    wide = width == WIDE
    left = width * 0.38 if wide else 0.0
    column = (width - left) / len(content.people)
    marks: list[str] = []
    for place, person in enumerate(content.people):
        x = left + column * (place + 0.5)
        marks.append(text(x, 15, person.name, f"strong {person.side}", "middle"))
        marks.append(text(x, 31, person.role, f"small {person.side}", "middle"))
    y = 42.0
    for row in content.rows:
        marks.append(line(0, y, width, y, "rule"))
        lines = wrap(row.result, (left if wide else width) - 10)
        high = len(lines) * TEXT * LINE
        if wide:
            middle = y + max(high + 14, BADGE + 18) / 2
            marks.append(texts(2, middle - high / 2 + TEXT, lines))
            y = 2 * middle - y
        else:
            marks.append(texts(2, y + 8 + TEXT, lines))
            middle = y + high + 14 + BADGE / 2
            y = middle + BADGE / 2 + 10
        for place, letters in enumerate(row.letters):
            marks += _badges(letters, left + column * (place + 0.5), middle)
    marks.append(line(0, y, width, y, "rule"))
    legend, y = _legend(y + 14, width)
    return Drawing(width, round(y + 4), "".join(marks + legend))


def _badges(letters: str, x: float, y: float) -> list[str]:
    """Draw the letters side by side around x."""
    if letters == NOBODY:
        return []
    begin = x - (len(letters) * BADGE + (len(letters) - 1) * 5) / 2
    return [mark for n, letter in enumerate(letters) for mark in _badge(letter, begin + n * (BADGE + 5), y)]


def _badge(letter: str, x: float, y: float) -> list[str]:
    kind = letter.lower()
    return [
        rect(x, y - BADGE / 2, BADGE, BADGE, f"badge-{kind}", 7),
        text(x + BADGE / 2, y + TEXT * 0.36, letter, f"strong letter-{kind}", "middle"),
    ]


def _legend(y: float, width: int) -> tuple[list[str], float]:
    """Say what the letters mean, as many in a row as fit; return also where the words end."""
    marks: list[str] = []
    x = 2.0
    for letter, meaning in LETTERS.items():
        words = str(meaning)
        room = BADGE + 7 + length(words, SMALL) + 14
        if x > 2 and x + room - 14 > width:
            x, y = 2.0, y + BADGE + 8
        marks += _badge(letter, x, y + BADGE / 2)
        marks.append(text(x + BADGE + 7, y + BADGE / 2 + SMALL * 0.36, words, "small"))
        x += room
    return marks, y + BADGE
