"""What stands in the braces of a GIFT question: choices, weights, pairs, numbers. Pure.

The signs that mean themselves were put out of the way before (`gift_reader`).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from courses.content_files.format import TRUE_FALSE, Choice
from courses.exchange.found import number
from courses.wording import gettext as _

WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:[.,][0-9]{1,5})?)%")
TYPES_OF_OURS = ("single", "multiple", "scenario", "classify", "match", "short_text", "numeric", "true_false")


@dataclass
class Answers:
    """The type of a question, what it is made of, and what of it has no place with us."""

    type: str
    choices: list[Choice] = field(default_factory=list)
    buckets: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    explanation: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Option:
    """One `=` or `~` with its weight (per cent), its words and its feedback."""

    right: bool
    weight: float
    text: str
    feedback: str


def read(source: str, marked: str) -> Answers:
    """Return the answers. `marked`: the type that our own mark names, or nothing. Raises ValueError."""
    source, __, explanation = source.partition("####")
    source = source.strip()
    answers = _read(source, marked if marked in TYPES_OF_OURS else "")
    answers.explanation = explanation or answers.explanation
    return answers


def _read(source: str, marked: str) -> Answers:
    if not source:
        raise ValueError(_("an essay: its answer cannot be marked here"))
    if source.startswith("#"):
        return _numeric(source[1:])
    word = source.partition("#")[0].strip().upper()
    if word in ("T", "TRUE", "F", "FALSE"):
        return _true_false(word[0] == "T", source.split("#")[1:])
    if "~" in source and marked not in ("short_text", "classify", "match"):
        return _choice(source, marked)
    if marked in ("classify", "match") or ("->" in source and marked != "short_text"):
        return _pairs(source, marked)
    if not source.startswith("="):
        raise ValueError(_("its answers begin with =, ~, # or are TRUE or FALSE"))
    return _short_text(source)


def _options(source: str) -> list[Option]:
    """Return everything that begins with `=` or `~`."""
    found: list[Option] = []
    for sign, part in re.findall(r"([=~])([^=~]*)", source):
        text, __, feedback = part.strip().partition("#")
        weight = 100.0 if sign == "=" else 0.0
        if given := WEIGHT.match(text.strip()):
            weight = float(given[1].replace(",", "."))
            text = text.strip()[given.end() :]
        found.append(Option(sign == "=", weight, text.strip(), feedback.strip()))
    if len(found) > 100:
        raise ValueError(_("it has more than 100 answers"))
    return found


def _true_false(answer: bool, feedback: list[str]) -> Answers:
    wrong, right = ([*map(str.strip, feedback), "", ""])[:2]
    said = {answer: right, not answer: wrong}
    return Answers(
        "true_false",
        [
            Choice(key, text, said[key == "true"], correct=(key == "true") == answer)
            for key, text in TRUE_FALSE
        ],
    )


def _choice(source: str, marked: str) -> Answers:
    options = _options(source)
    part = any(0 < one.weight < 100 for one in options)
    one_only = any(one.right for one in options)
    kind = marked or ("multiple" if not one_only else "scenario" if part else "single")
    answers = Answers(kind)
    if kind == "scenario":
        answers.choices = [
            Choice("", one.text, one.feedback, credit=min(max(round(one.weight / 100, 5), 0.0), 1.0))
            for one in options
        ]
        return answers
    answers.choices = [Choice("", one.text, one.feedback, correct=one.weight > 0) for one in options]
    rights = [one.weight for one in options if one.weight > 0]
    if kind == "multiple" and rights and max(rights) - min(rights) > 1:
        answers.notes.append(_("weights are left out: each right choice counts the same here"))
    return answers


def _pairs(source: str, marked: str) -> Answers:
    answers = Answers(marked or "match")
    for part in source.split("="):
        if not part.strip():
            continue
        left, arrow, right = part.partition("->")
        if not arrow:
            raise ValueError(_("a pair has no arrow: “%(pair)s”") % {"pair": part.strip()[:40]})
        right = right.partition("#")[0].strip()
        if left.strip():
            answers.choices.append(Choice("", left.strip(), "", bucket=right))
        elif right:
            answers.buckets.append(right)
    if answers.type == "classify":
        own = dict.fromkeys(choice.bucket for choice in answers.choices)
        answers.buckets = list(dict.fromkeys([*answers.buckets, *own]))
    return answers


def _short_text(source: str) -> Answers:
    answers = Answers("short_text", settings={"accept": []})
    near: list[dict[str, str]] = []
    for one in _options(source):
        if one.weight >= 100:
            answers.settings["accept"].append(one.text)
            answers.explanation = answers.explanation or one.feedback
        elif one.feedback and one.text != "*":
            near.append({"text": one.text, "feedback": one.feedback})
            if one.weight > 0:
                answers.notes.append(_("a word that is half right counts as nearly right, without marks"))
        else:
            answers.notes.append(
                _("the answer “%(text)s” is left out: it is not right and says nothing")
                % {"text": one.text[:40]}
            )
    if near:
        answers.settings["near"] = near
    return answers


def _numeric(source: str) -> Answers:
    answers = Answers("numeric")
    options = _options(source) if source.lstrip().startswith(("=", "~")) else []
    if not options:
        source, rest, __ = source.partition("~")
        if rest:
            answers.notes.append(_("what it says of any other number is left out"))
        text, __, feedback = source.partition("#")
        options = [Option(True, 100.0, text.strip(), feedback.strip())]
    best = [one for one in options if one.weight >= 100]
    if not best:
        raise ValueError(_("no number in it is right"))
    value, tolerance = _range(best[0].text)
    answers.settings = {"answer": value, "tolerance": tolerance}
    answers.explanation = best[0].feedback
    if len(best) > 1:
        answers.notes.append(_("only the first of several right numbers is kept"))
    near = []
    for one in options:
        if one.weight >= 100:
            continue
        if one.feedback and one.text != "*" and abs(_range(one.text)[0] - value) > tolerance:
            near.append({"value": _range(one.text)[0], "feedback": one.feedback})
        else:
            answers.notes.append(
                _("the answer “%(text)s” is left out: it is not right and says nothing")
                % {"text": one.text[:40]}
            )
    if near:
        answers.settings["near"] = near
    return answers


def _range(text: str) -> tuple[float, float]:
    """Return a number and how far from it an answer may lie, of `3:2` or `1..5`."""
    if ".." in text:
        low, __, high = text.partition("..")
        least, most = number(low), number(high)
        return number(f"{(least + most) / 2:.6f}"), number(f"{abs(most - least) / 2:.6f}")
    value, __, tolerance = text.partition("\x07" if "\x07" in text else ":")
    return number(value), number(tolerance or "0")
