"""Questions as CSV, one row each, both ways. Nothing of a question is lost. Pure.

The columns are told in docs/authoring.md. A list has one entry a line of its cell.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from courses.content_files import format as files
from courses.exchange.found import MOST_CHOICES, Found, Reading, draft, number, tag, taken
from courses.exchange.limits import MOST_QUESTIONS, Deadline, NotReadable
from courses.exchange.written import Written
from courses.question_types import TYPES
from courses.wording import gettext as _

FIXED = (
    *("key", "type", "module", "objective", "passage", "difficulty", "uses", "tags"),
    *("prompt", "explanation", "misconception", "answer", "tolerance", "unit", "accept", "feedback", "more"),
)
OF_NEAR = ("near", "near_feedback")
OF_CHOICE = ("choice", "right", "choice_feedback", "choice_misconception", "choice_key")
NUMBERED = re.compile(r"([a-z_]+)_([1-9][0-9]?)")
FORMULA = re.compile(r"'*[=+\-@\t]")
"""How a cell begins that a spreadsheet would calculate: it gets a ' before it, which reading takes away."""

PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
YES, NO = ("yes", "y", "true", "right", "x", "1"), ("", "no", "n", "false", "wrong", "0")
Row = Mapping[str, str]


def read(text: str, deadline: Deadline) -> Reading:
    """Return the questions of a text that `limits.text_of` gave. Raises NotReadable if it is none."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Found] = []
    try:
        columns = _columns(next(lines, []))
        begins = lines.line_num + 1
        for cells in lines:
            deadline.check()
            if any(cell.strip() for cell in cells):
                found.append(_found(columns, cells, _("line %(line)s") % {"line": begins}))
            begins = lines.line_num + 1
            if len(found) > MOST_QUESTIONS:
                raise NotReadable(
                    _("The file holds more than %(most)s questions.") % {"most": f"{MOST_QUESTIONS:,}"}
                )
    except csv.Error as error:
        raise NotReadable(
            _("Line %(line)s: this is no CSV (%(error)s).") % {"line": lines.line_num, "error": error}
        ) from error
    if not found:
        raise NotReadable(_("There is no question below the line with the columns' names."))
    return Reading(tuple(found))


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    missing = [name for name in ("type", "prompt") if name not in columns]
    if missing:
        raise NotReadable(
            _("The first line names the columns; there is none called %(missing)s.")
            % {"missing": " or ".join(missing)}
        )
    unknown = [name for name in columns if name and not _is_known(name)]
    if unknown:
        raise NotReadable(
            _("Unknown column “%(name)s”. Known are %(known)s, choice_1, right_1 …")
            % {"name": unknown[0][:40], "known": ", ".join(FIXED)}
        )
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise NotReadable(_("The column “%(name)s” is there twice.") % {"name": twice[0]})
    return columns


def _is_known(name: str) -> bool:
    match = NUMBERED.fullmatch(name)
    return name in FIXED or bool(match and match[1] in OF_NEAR + OF_CHOICE and int(match[2]) <= MOST_CHOICES)


def _found(columns: list[str], cells: list[str], place: str) -> Found:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        return Found(
            place,
            None,
            (
                _("it has %(cells)s cells, but there are %(columns)s columns")
                % {"cells": len(cells), "columns": len(columns)},
            ),
        )
    row = {name: _unguarded(cell.strip()) for name, cell in zip(columns, cells, strict=False) if name}
    try:
        return taken(place, _question(row))
    except ValueError as problem:
        return Found(place, None, (str(problem),))


def _question(row: Row) -> files.Question:
    kind = row.get("type", "").lower().replace(" ", "_")
    if kind not in TYPES:
        raise ValueError(
            _("unknown type “%(kind)s”; known are %(types)s") % {"kind": kind[:40], "types": ", ".join(TYPES)}
        )
    lesson, __, heading = row.get("passage", "").partition("#")
    choices = _true_false(row) if kind == "true_false" else tuple(_choices(row, kind))
    buckets = _lines(row, "more")
    if kind == "classify":
        buckets = list(dict.fromkeys([*buckets, *(choice.bucket for choice in choices)]))
    return draft(
        key=row.get("key", ""),
        type=kind,
        module=row.get("module", ""),
        objective=row.get("objective", ""),
        passage_lesson=lesson,
        passage_heading=heading,
        difficulty=row.get("difficulty", "").lower(),
        uses=tuple(_words(row, "uses")),
        tags=tuple(dict.fromkeys(found for one in _words(row, "tags") if (found := tag(one)))),
        prompt=row.get("prompt", ""),
        explanation=row.get("explanation", ""),
        misconception=row.get("misconception", ""),
        choices=choices,
        buckets=tuple(buckets),
        settings=_settings(row, kind),
    )


def _choices(row: Row, kind: str) -> Iterator[files.Choice]:
    shape = TYPES[kind].SHAPE
    for at in range(1, MOST_CHOICES + 1):
        text, right = row.get(f"choice_{at}", ""), row.get(f"right_{at}", "")
        if not text:
            if right:
                raise ValueError(_("right_%(at)s says something, but choice_%(at)s is empty") % {"at": at})
            continue
        yield files.Choice(
            key=row.get(f"choice_key_{at}", ""),
            text=text,
            feedback=row.get(f"choice_feedback_{at}", ""),
            correct=shape.truth == "correct" and _yes(right, f"right_{at}"),
            bucket=right if shape.truth in ("bucket", "right") else "",
            misconception=row.get(f"choice_misconception_{at}", ""),
            credit=_number(right, f"right_{at}") if shape.truth == "credit" else None,
        )


def _true_false(row: Row) -> tuple[files.Choice, ...]:
    answer = row.get("answer", "").lower()
    if answer not in ("true", "false"):
        raise ValueError(_("answer is true or false for a question of this type"))
    return tuple(
        files.Choice(
            key=key,
            text=text,
            feedback=row.get(f"choice_feedback_{at}", ""),
            correct=key == answer,
            misconception=row.get(f"choice_misconception_{at}", ""),
        )
        for at, (key, text) in enumerate(files.TRUE_FALSE, start=1)
    )


def _settings(row: Row, kind: str) -> dict[str, Any]:
    match kind:
        case "numeric":
            near = [(value, said) for value, said in _near(row)]
            return {
                "answer": _number(row.get("answer", ""), "answer"),
                "tolerance": _number(row.get("tolerance") or "0", "tolerance"),
                "unit": row.get("unit", ""),
                **(
                    {"near": [{"value": _number(v, "near"), "feedback": said} for v, said in near]}
                    if near
                    else {}
                ),
            }
        case "short_text":
            near = list(_near(row))
            said_of = {"near": [{"text": text, "feedback": said} for text, said in near]} if near else {}
            return {"accept": _lines(row, "accept"), **said_of}
        case "order":
            return {"feedback": row.get("feedback", "")}
        case _:
            return {}


def _near(row: Row) -> Iterator[tuple[str, str]]:
    for at in range(1, MOST_CHOICES + 1):
        if near := row.get(f"near_{at}", ""):
            yield near, row.get(f"near_feedback_{at}", "")


def _lines(row: Row, name: str) -> list[str]:
    return [line.strip() for line in row.get(name, "").splitlines() if line.strip()]


def _words(row: Row, name: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,\n]", row.get(name, "")) if word.strip()]


def _yes(cell: str, name: str) -> bool:
    if cell.lower() not in YES + NO:
        raise ValueError(_("%(name)s is yes or empty, not “%(cell)s”") % {"name": name, "cell": cell[:40]})
    return cell.lower() in YES


def _number(cell: str, name: str) -> float:
    try:
        return number(cell)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from None


def write(questions: Iterable[files.Question]) -> Written:
    """Return the file: UTF-8 with its mark, so that spreadsheets know it."""
    rows = [_row(question) for question in questions]
    used = {name for row in rows for name, value in row.items() if value}
    numbers = range(1, MOST_CHOICES + 1)
    wide = [f"{name}_{at}" for names in (OF_NEAR, OF_CHOICE) for at in numbers for name in names]
    columns = [*FIXED, *(name for name in wide if name in used)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_guarded(row.get(name, "")) for name in columns] for row in rows)
    return Written(out.getvalue().encode("utf-8-sig"))


def _row(question: files.Question) -> dict[str, str]:
    settings, passage = question.settings, f"{question.passage_lesson}#{question.passage_heading}"
    row = {
        "key": question.key,
        "type": question.type,
        "module": question.module,
        "objective": question.objective,
        "passage": passage if question.passage_lesson else "",
        "difficulty": question.difficulty,
        "uses": ", ".join(question.uses),
        "tags": ", ".join(question.tags),
        "prompt": question.prompt,
        "explanation": question.explanation,
        "misconception": question.misconception,
        "tolerance": _written(settings.get("tolerance", "")),
        "answer": _written(settings.get("answer", "")),
        "unit": settings.get("unit", ""),
        "accept": "\n".join(settings.get("accept", [])),
        "feedback": settings.get("feedback", ""),
        "more": "\n".join(question.buckets),
    }
    for at, near in enumerate(settings.get("near", []), start=1):
        row |= {
            f"near_{at}": _written(near.get("value", near.get("text"))),
            f"near_feedback_{at}": near["feedback"],
        }
    for at, choice in enumerate(question.choices, start=1):
        of_choice = (
            choice.text,
            _right(question.type, choice),
            choice.feedback,
            choice.misconception,
            choice.key,
        )
        row |= {f"{name}_{at}": value for name, value in zip(OF_CHOICE, of_choice, strict=True)}
    if question.type == "true_false":
        row["answer"] = next((choice.key for choice in question.choices if choice.correct), "")
    return row


def _right(kind: str, choice: files.Choice) -> str:
    match TYPES[kind].SHAPE.truth:
        case "correct":
            return "yes" if choice.correct else ""
        case "credit":
            return _written(choice.credit)
        case "bucket" | "right":
            return choice.bucket
        case _:
            return ""


def _written(value: object) -> str:
    return (
        f"{value:.6f}".rstrip("0").rstrip(".")
        if isinstance(value, float)
        else ""
        if value is None
        else str(value)
    )


def _guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) and not PLAIN_NUMBER.fullmatch(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
