"""What a version says as labelled paragraphs, in the words that its editor knows its fields by. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from courses.wording import gettext as _
from courses.wording import gettext_lazy

Body = Mapping[str, Any]
Readable = Mapping[str, Sequence[str]]
"""Paragraphs by label, in the order in which a page shows them."""

BLANK = re.compile(r"\n(?:[ \t]*\n)+")
YES_NO = {True: gettext_lazy("yes"), False: gettext_lazy("no")}
FEEDBACK = {
    "immediate": gettext_lazy("after each answer"),
    "at_end": gettext_lazy("at the end"),
    "after_passing": gettext_lazy("after passing"),
}


def read(kind: str, body: Body, answer_key: Body | None = None) -> Readable:
    """Return a version's content for people. What follows from the rest (words, headings) is left out."""
    found = _KINDS[kind](body, answer_key or {})
    return {label: [text for text in texts if text] for label, texts in found.items() if any(texts)}


def paragraphs(markdown: str) -> list[str]:
    """Cut a lesson's text at its empty lines."""
    return [text.strip() for text in BLANK.split(markdown) if text.strip()]


def _lesson(body: Body, _key: Body) -> dict[str, list[str]]:
    return {
        _("Title"): [body["title"]],
        _("Question it answers"): [body["question"]],
        _("Readable without an account"): [str(YES_NO[body["open"]])],
        _("Objectives"): [f"{objective['text']} ({objective['key']})" for objective in body["objectives"]],
        _("Text"): paragraphs(body["markdown"]),
        _("Words of the glossary"): list(body["terms"]),
        _("Sources"): [_source(source) for source in body["sources"]],
        _("Reading time"): [_("%(minutes)s min") % {"minutes": body["minutes"]}],
    }


def _source(source: Body) -> str:
    read_on = _("Read on %(day)s.") % {"day": source["read"]}
    return f"{source['title']}, {source['publisher']}. {source['interest']} {read_on}"


def _question(body: Body, answer_key: Body) -> dict[str, list[str]]:
    """The prompt, each choice under its key, then what else there is to know."""
    written = [
        (_("Answer"), "answer"),
        (_("Tolerance"), "tolerance"),
        (_("Right answers"), "accept"),
        (_("Near"), "near"),
    ]
    truths: Mapping[str, Body] = answer_key.get("choices", {})
    return {
        _("Prompt"): [body["prompt"]],
        _("Type"): [body["type"].replace("_", " ")],
        **{
            _("Choice %(key)s") % {"key": choice["key"]}: _choice(choice, truths)
            for choice in body["choices"]
        },
        _("Buckets"): list(body["buckets"]),
        **{label: _values(answer_key.get(name)) for label, name in written},
        _("Unit"): [body.get("unit", "")],
        _("Feedback"): _values(answer_key.get("feedback")),
        _("Explanation"): [answer_key.get("explanation", "")],
        _("Misconception"): [(answer_key.get("misconception") or {}).get("name", "")],
        _("Objective"): [body["objective"]],
        _("Passage"): [body["passage"]],
        _("Difficulty"): [body["difficulty"]],
        _("Tags"): list(body["tags"]),
        _("Where it may appear"): list(body["uses"]),
        _("Order of the choices"): [", ".join(choice["key"] for choice in body["choices"])],
    }


def _choice(choice: Body, truths: Mapping[str, Body]) -> list[str]:
    truth = truths.get(choice["key"], {})
    said = []
    if truth.get("bucket"):
        said.append(_("Belongs to: %(bucket)s") % {"bucket": truth["bucket"]})
    elif "credit" in truth:
        said.append(_("Worth: %(credit)g") % {"credit": truth["credit"]})
    elif "place" in truth:
        said.append(_("Right place: %(place)s") % {"place": truth["place"]})
    elif truth:
        said.append(_("This is right.") if truth["correct"] else _("This is wrong."))
    misconception = (truth.get("misconception") or {}).get("name", "")
    feedback = truth.get("feedback", "")
    return [
        choice["text"],
        *said,
        _("Feedback: %(feedback)s") % {"feedback": feedback} if feedback else "",
        _("Misconception: %(misconception)s") % {"misconception": misconception} if misconception else "",
    ]


def _values(value: object) -> list[str]:
    """Return a setting as lines: a number, a text, some of them, or answers with their feedback."""
    if value is None:
        return []
    if isinstance(value, list):
        return [" | ".join(map(str, one.values())) if isinstance(one, Mapping) else str(one) for one in value]
    return [str(value)]


def _quiz(body: Body, _key: Body) -> dict[str, list[str]]:
    allowed, limit = body["attempts_allowed"], body.get("time_limit_minutes")
    return {
        _("Title"): [body["title"]],
        _("Pass mark"): [f"{body['pass_mark']} %"],
        _("Feedback"): [str(FEEDBACK[body["feedback"]])],
        _("Attempts"): [_("unlimited") if allowed is None else str(allowed)],
        _("Hours between attempts"): [str(body["delay_hours"])],
        _("Time limit"): [_("%(limit)s minutes") % {"limit": limit} if limit else _("none")],
        _("Shuffle the questions"): [str(YES_NO[body["shuffle_questions"]])],
        _("Shuffle the choices"): [str(YES_NO[body["shuffle_choices"]])],
        _("Ask for sureness"): [str(YES_NO[body["ask_sureness"]])],
        _("Draws"): [_pool(pool) for pool in body["pools"]],
    }


def _pool(pool: Body) -> str:
    said = _("%(count)s questions") % {"count": pool["draw"]}
    if pool["objectives"]:
        said = _("%(questions)s on %(objectives)s") % {
            "questions": said,
            "objectives": ", ".join(pool["objectives"]),
        }
    if pool["tags"]:
        said = _("%(questions)s tagged %(tags)s") % {"questions": said, "tags": ", ".join(pool["tags"])}
    if pool["difficulty"]:
        said = _("%(questions)s of difficulty %(difficulty)s") % {
            "questions": said,
            "difficulty": pool["difficulty"],
        }
    return said


def _outline(body: Body, _key: Body) -> dict[str, list[str]]:
    return {
        _("Title"): [body["title"]],
        _("Summary"): [body["summary"]],
        _("Language"): [body["language"]],
        _("Contents"): list(_contents(body)),
    }


def _contents(body: Body) -> Iterable[str]:
    for module in body["modules"]:
        yield _("Module: %(title)s") % {"title": module["title"]}
        yield from (_("Lesson: %(title)s") % {"title": lesson["title"]} for lesson in module["lessons"])
        if module["quiz"]:
            yield _("Quiz: %(title)s, %(questions)s questions") % module["quiz"]
    if body["final"]:
        yield _("Final: %(title)s, %(questions)s questions") % body["final"]


def _fact(body: Body, _key: Body) -> dict[str, list[str]]:
    source = body["source"]
    return {
        _("Statement"): [body["statement"]],
        _("Shown as"): [body["show"]],
        _("Value"): [f"{body['value']} {body['unit']}"],
        _("Place"): [body["place"]],
        _("Source"): [f"{source['title']}, {source['publisher']}. {source['interest']}"],
        _("As of"): [body["as_of"], body["as_of_note"]],
        _("Review by"): [body["review_by"]],
        _("What it can bear"): [body["bears"]],
    }


def _term(body: Body, _key: Body) -> dict[str, list[str]]:
    return {_("Name"): [body["name"]], _("Meaning"): [body["meaning"]], _("Used by"): [body["used_by"]]}


_KINDS: dict[str, Callable[[Body, Body], dict[str, list[str]]]] = {
    "lesson": _lesson,
    "question": _question,
    "quiz": _quiz,
    "outline": _outline,
    "fact": _fact,
    "term": _term,
}
