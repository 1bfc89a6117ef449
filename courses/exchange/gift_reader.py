"""Read GIFT, the text format of Moodle (https://docs.moodle.org/en/GIFT_format). Pure.

A question ends at an empty line. Our own marks stand in comments, which others pass over, in the way in which
Moodle writes `// [id:…] [tag:…]`: see `gift_writer`.
"""

import re
from dataclasses import dataclass, field, replace

from courses.content_files import format as files
from courses.exchange import gift_answers
from courses.exchange.found import Found, Reading, draft, tag, taken
from courses.exchange.limits import MOST_QUESTIONS, Deadline, NotReadable
from courses.exchange.words import escaped, from_html
from courses.wording import gettext as _

ESCAPES = {"\\": "\x01", "~": "\x02", "=": "\x03", "#": "\x04", "{": "\x05", "}": "\x06", ":": "\x07"}
MEANT = {sign: mark for mark, sign in ESCAPES.items()}
MARK = re.compile(r"\[([a-z_]+):((?:\\\]|[^\]])*)\]")
FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
BLANK = "_____"


@dataclass
class Block:
    """The lines of one question, and the marks in the comments above it."""

    line: int
    lines: list[str] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)


def read(text: str, deadline: Deadline) -> Reading:
    """Return the questions of a text that `limits.text_of` gave. Raises NotReadable if there are none."""
    found: list[Found] = []
    category = ""
    for block in _blocks(text):
        deadline.check()
        lines = block.lines
        while lines and lines[0].startswith("$CATEGORY:"):
            category = lines.pop(0).removeprefix("$CATEGORY:").strip()
        if not lines:
            continue
        if len(found) >= MOST_QUESTIONS:
            raise NotReadable(
                _("The file holds more than %(most)s questions.") % {"most": f"{MOST_QUESTIONS:,}"}
            )
        found.append(_question(block, category))
    if not found:
        raise NotReadable(_("There is no question in it: GIFT has the answers of each in {braces}."))
    return Reading(tuple(found))


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    fresh = True
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if not bare:
            fresh = True
            continue
        if fresh:
            blocks.append(Block(number))
            fresh = False
        if bare.startswith("//"):
            blocks[-1].marks += [(name, value.replace("\\]", "]")) for name, value in MARK.findall(bare)]
        else:
            if not blocks[-1].lines:
                blocks[-1].line = number
            blocks[-1].lines.append(bare)
    return blocks


def _question(block: Block, category: str) -> Found:
    place = _("line %(line)s") % {"line": block.line}
    try:
        question, notes = _read(block, category)
    except ValueError as problem:
        return Found(place, None, (str(problem),))
    return taken(place, question, notes)


def _read(block: Block, category: str) -> tuple[files.Question, list[str]]:
    """Return a question and what of it was lost. Raises ValueError for what is none of ours."""
    title, source = _title(_hidden("\n".join(block.lines)))
    marked = FORMAT.match(source)
    kind = marked[1] if marked else ""
    before, inside, after = _parted(source[marked.end() :] if marked else source)
    prompt = f"{before.rstrip()} {BLANK} {after.lstrip()}" if after.strip() else before
    marks = dict(block.marks)
    answers = gift_answers.read(inside.strip(), marks.get("type", ""))
    notes = list(answers.notes)

    def words(text: str) -> str:
        return _words(text, kind, notes)

    def said(choice: files.Choice) -> files.Choice:
        text, feedback = words(choice.text), words(choice.feedback)
        return replace(choice, text=text, feedback=feedback, bucket=_plain(choice.bucket))

    lesson, __, heading = marks.get("passage", "").partition("#")
    tags = [tag(value) for name, value in block.marks if name == "tag"]
    question = draft(
        key=_key(marks.get("id", ""), title),
        type=answers.type,
        prompt=words(prompt),
        explanation=words(answers.explanation),
        choices=tuple(said(choice) for choice in answers.choices),
        buckets=tuple(_plain(bucket) for bucket in answers.buckets),
        settings=_settings(answers.settings, marks),
        tags=tuple(dict.fromkeys(found for found in tags if found)),
        objective=category.rpartition("/")[2].strip(),
        passage_lesson=lesson,
        passage_heading=heading,
        difficulty=marks.get("difficulty", ""),
        uses=tuple(marks["uses"].split(",")) if "uses" in marks else (),
    )
    return question, notes


def _parted(source: str) -> tuple[str, str, str]:
    """Return what stands before, in and after the braces. Raises ValueError unless there is one pair."""
    before, opening, rest = source.partition("{")
    inside, closing, after = rest.partition("}")
    if not opening:
        raise ValueError(_("it has no {answer}: a description asks nothing"))
    if not closing:
        raise ValueError(_("the brace { is not closed before the next empty line"))
    if "{" in inside or "{" in after or "}" in after:
        raise ValueError(_("more than one pair of braces; a brace in a text is written as \\{ or \\}"))
    return before, inside, after


def _key(given: str, title: str) -> str:
    """Return the id that a file gives a question, or else its title where that may be one."""
    return given or (_plain(title) if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", title) else "")


def _title(source: str) -> tuple[str, str]:
    match = re.match(r"\s*::(.*?)::", source, re.DOTALL)
    return (match[1].strip(), source[match.end() :]) if match else ("", source)


def _settings(found: dict[str, object], marks: dict[str, str]) -> dict[str, object]:
    settings = dict(found)
    if "tolerance" in settings:
        settings["unit"] = marks.get("unit", "")
    if "accept" in settings:
        settings["accept"] = [_plain(str(text)) for text in settings["accept"]]  # type: ignore[attr-defined]  # gift_answers made a list
    near = settings.get("near")
    if isinstance(near, list):
        settings["near"] = [
            {name: value if name == "value" else _plain(str(value)) for name, value in one.items()}
            for one in near
        ]
    return settings


def _hidden(source: str) -> str:
    """Put signs that mean themselves out of the way of those that part a question."""
    return re.sub(r"\\([\\~=#{}:n])", lambda match: "\n" if match[1] == "n" else ESCAPES[match[1]], source)


def _plain(text: str) -> str:
    return "".join(MEANT.get(sign, sign) for sign in FORMAT.sub("", text, count=1)).strip()


def _words(text: str, kind: str, notes: list[str]) -> str:
    """Return a text as our Markdown, by its own format or else the question's."""
    own = FORMAT.match(text)
    plain = _plain(text)
    match own[1] if own else kind:
        case "html":
            read_words = from_html(plain)
            notes += read_words.notes
            return read_words.said()
        case "plain":
            return escaped(plain)
        case _:
            return plain
