"""Write questions as GIFT, so that Moodle reads them, and what GIFT has no place for in comments. Pure.

`// [id:key] [type:scenario] [difficulty:hard] [uses:check] [passage:lesson#heading] [unit:EUR] [tag:words]`:
Moodle reads id and tag, and passes over the rest. The category is `course/module/objective`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from courses.content_files import format as files
from courses.exchange.written import Left, Written
from courses.wording import gettext as _
from courses.wording import gettext_lazy

LEFT_OUT = {"order": gettext_lazy("order question")}
SIGNS = re.compile(r"([\\~=#{}:])")


def write(questions: Sequence[files.Question], *, course: str) -> Written:
    """Return the file, and what of the questions it cannot carry."""
    blocks: list[str] = []
    category = ""
    for question in questions:
        if question.type in LEFT_OUT:
            continue
        place = f"$CATEGORY: {course}/{question.module}/{question.objective}"
        if place != category:
            blocks.append(place)
            category = place
        blocks.append(_question(question))
    return Written("\n\n".join([*blocks, ""]).encode(), losses(questions).words())


def losses(questions: Iterable[files.Question]) -> Left:
    """Count what GIFT has no place for."""
    left = Left("GIFT")
    for question in questions:
        if question.type in LEFT_OUT:
            left.out(question, str(LEFT_OUT[question.type]))
            continue
        if question.misconception or any(choice.misconception for choice in question.choices):
            left.loses(question, _("misconceptions"))
        if question.type in ("match", "classify") and any(choice.feedback for choice in question.choices):
            left.loses(question, _("feedback of pairs and items"))
    return left


def _question(question: files.Question) -> str:
    inside = "\n".join(f"\t{line}" for line in _answers(question))
    return f"{_comment(question)}\n::{question.key}::[markdown]{_text(question.prompt)} {{\n{inside}\n}}"


def _comment(question: files.Question) -> str:
    marks = [("id", question.key), ("type", question.type), ("difficulty", question.difficulty)]
    if question.uses != files.DEFAULT_USES:
        marks.append(("uses", ",".join(question.uses)))
    if question.passage_lesson:
        marks.append(("passage", f"{question.passage_lesson}#{question.passage_heading}"))
    if question.settings.get("unit"):
        marks.append(("unit", question.settings["unit"]))
    marks += [("tag", tag) for tag in question.tags]
    return "// " + " ".join(f"[{name}:{_in_mark(value)}]" for name, value in marks)


def _in_mark(value: str) -> str:
    return " ".join(value.replace("]", "\\]").split())


def _answers(question: files.Question) -> Iterator[str]:
    match question.type:
        case "true_false":
            said = {choice.key: choice for choice in question.choices}
            right = next((choice.key for choice in question.choices if choice.correct), "true")
            wrong = said.get("false" if right == "true" else "true")
            texts = [_text(each.feedback) if each else "" for each in (wrong, said.get(right))]
            yield f"{right.upper()}#{texts[0]}#{texts[1]}"
        case "match" | "classify":
            for choice in question.choices:
                yield f"={_left(choice.text)} -> {_left(choice.bucket)}"
            used = {choice.bucket for choice in question.choices}
            yield from (f"= -> {_left(bucket)}" for bucket in question.buckets if bucket not in used)
        case "numeric":
            yield "#"
            settings = question.settings
            tolerance = _number(settings["tolerance"])
            yield f"={_number(settings['answer'])}:{tolerance}"
            for near in settings.get("near", []):
                yield f"=%0%{_number(near['value'])}:{tolerance}#{_text(near['feedback'])}"
        case "short_text":
            yield from (f"={_guarded(text, 100)}" for text in question.settings["accept"])
            for near in question.settings.get("near", []):
                yield f"=%0%{_text(near['text'])}#{_text(near['feedback'])}"
        case _:
            yield from _options(question)
    if question.explanation:
        yield f"####{_text(question.explanation)}"


def _options(question: files.Question) -> Iterator[str]:
    rights = sum(choice.correct for choice in question.choices) or 1
    wrongs = (len(question.choices) - rights) or 1
    for choice in question.choices:
        if question.type == "multiple":
            weight = 100 / rights if choice.correct else -100 / wrongs
            start = f"~%{_number(round(weight, 5))}%{_text(choice.text)}"
        elif question.type == "scenario" and 0 < (choice.credit or 0) < 1:
            start = f"~%{_number(round(100 * (choice.credit or 0), 5))}%{_text(choice.text)}"
        else:
            right = choice.correct or choice.credit == 1
            start = f"{'=' if right else '~'}{_guarded(choice.text, 100 if right else 0)}"
        yield f"{start}#{_text(choice.feedback)}" if choice.feedback else start


def _guarded(text: str, weight: int) -> str:
    """Return a text that is not taken for a weight."""
    return f"%{weight}%{_text(text)}" if text.startswith("%") else _text(text)


def _text(text: str) -> str:
    return SIGNS.sub(r"\\\1", text.strip()).replace("\n", "\\n")


def _left(text: str) -> str:
    """Return one side of a pair, in which an arrow cannot be written."""
    return _text(text.replace("->", "→"))


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
