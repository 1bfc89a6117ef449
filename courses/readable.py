"""What a version says as labelled paragraphs, in the words that its editor knows its fields by. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Body = Mapping[str, Any]
Readable = Mapping[str, Sequence[str]]
"""Paragraphs by label, in the order in which a page shows them."""

BLANK = re.compile(r"\n(?:[ \t]*\n)+")
YES_NO = {True: "yes", False: "no"}
FEEDBACK = {"immediate": "after each answer", "at_end": "at the end", "after_passing": "after passing"}


def read(kind: str, body: Body, answer_key: Body | None = None) -> Readable:
    """Return a version's content for people. What follows from the rest (words, headings) is left out."""
    found = _KINDS[kind](body, answer_key or {})
    return {label: [text for text in texts if text] for label, texts in found.items() if any(texts)}


def paragraphs(markdown: str) -> list[str]:
    """Cut a lesson's text at its empty lines."""
    return [text.strip() for text in BLANK.split(markdown) if text.strip()]


def _lesson(body: Body, _: Body) -> dict[str, list[str]]:
    return {
        "Title": [body["title"]],
        "Question it answers": [body["question"]],
        "Readable without an account": [YES_NO[body["open"]]],
        "Objectives": [f"{objective['text']} ({objective['key']})" for objective in body["objectives"]],
        "Text": paragraphs(body["markdown"]),
        "Words of the glossary": list(body["terms"]),
        "Sources": [_source(source) for source in body["sources"]],
        "Reading time": [f"{body['minutes']} min"],
    }


def _source(source: Body) -> str:
    return f"{source['title']}, {source['publisher']}. {source['interest']} Read on {source['read']}."


def _question(body: Body, answer_key: Body) -> dict[str, list[str]]:
    """The prompt, each choice under its key, then what else there is to know."""
    written = [
        ("Answer", "answer"),
        ("Tolerance", "tolerance"),
        ("Right answers", "accept"),
        ("Near", "near"),
    ]
    truths: Mapping[str, Body] = answer_key.get("choices", {})
    return {
        "Prompt": [body["prompt"]],
        "Type": [body["type"].replace("_", " ")],
        **{f"Choice {choice['key']}": _choice(choice, truths) for choice in body["choices"]},
        "Buckets": list(body["buckets"]),
        **{label: _values(answer_key.get(name)) for label, name in written},
        "Unit": [body.get("unit", "")],
        "Feedback": _values(answer_key.get("feedback")),
        "Explanation": [answer_key.get("explanation", "")],
        "Misconception": [(answer_key.get("misconception") or {}).get("name", "")],
        "Objective": [body["objective"]],
        "Passage": [body["passage"]],
        "Difficulty": [body["difficulty"]],
        "Tags": list(body["tags"]),
        "Where it may appear": list(body["uses"]),
        "Order of the choices": [", ".join(choice["key"] for choice in body["choices"])],
    }


def _choice(choice: Body, truths: Mapping[str, Body]) -> list[str]:
    truth = truths.get(choice["key"], {})
    said = []
    if truth.get("bucket"):
        said.append(f"Belongs to: {truth['bucket']}")
    elif "credit" in truth:
        said.append(f"Worth: {truth['credit']:g}")
    elif "place" in truth:
        said.append(f"Right place: {truth['place']}")
    elif truth:
        said.append("This is right." if truth["correct"] else "This is wrong.")
    misconception = (truth.get("misconception") or {}).get("name", "")
    feedback = truth.get("feedback", "")
    return [
        choice["text"],
        *said,
        f"Feedback: {feedback}" if feedback else "",
        f"Misconception: {misconception}" if misconception else "",
    ]


def _values(value: object) -> list[str]:
    """Return a setting as lines: a number, a text, some of them, or answers with their feedback."""
    if value is None:
        return []
    if isinstance(value, list):
        return [" | ".join(map(str, one.values())) if isinstance(one, Mapping) else str(one) for one in value]
    return [str(value)]


def _quiz(body: Body, _: Body) -> dict[str, list[str]]:
    allowed, limit = body["attempts_allowed"], body.get("time_limit_minutes")
    return {
        "Title": [body["title"]],
        "Pass mark": [f"{body['pass_mark']} %"],
        "Feedback": [FEEDBACK[body["feedback"]]],
        "Attempts": ["unlimited" if allowed is None else str(allowed)],
        "Hours between attempts": [str(body["delay_hours"])],
        "Time limit": [f"{limit} minutes" if limit else "none"],
        "Shuffle the questions": [YES_NO[body["shuffle_questions"]]],
        "Shuffle the choices": [YES_NO[body["shuffle_choices"]]],
        "Ask for sureness": [YES_NO[body["ask_sureness"]]],
        "Draws": [_pool(pool) for pool in body["pools"]],
    }


def _pool(pool: Body) -> str:
    conditions = [
        (" on ", pool["objectives"]),
        (" tagged ", pool["tags"]),
        (" of difficulty ", [pool["difficulty"]] if pool["difficulty"] else []),
    ]
    return f"{pool['draw']} questions" + "".join(
        words + ", ".join(values) for words, values in conditions if values
    )


def _outline(body: Body, _: Body) -> dict[str, list[str]]:
    return {
        "Title": [body["title"]],
        "Summary": [body["summary"]],
        "Language": [body["language"]],
        "Contents": list(_contents(body)),
    }


def _contents(body: Body) -> Iterable[str]:
    for module in body["modules"]:
        yield f"Module: {module['title']}"
        yield from (f"Lesson: {lesson['title']}" for lesson in module["lessons"])
        if module["quiz"]:
            yield f"Quiz: {module['quiz']['title']}, {module['quiz']['questions']} questions"
    if body["final"]:
        yield f"Final: {body['final']['title']}, {body['final']['questions']} questions"


def _fact(body: Body, _: Body) -> dict[str, list[str]]:
    source = body["source"]
    return {
        "Statement": [body["statement"]],
        "Shown as": [body["show"]],
        "Value": [f"{body['value']} {body['unit']}"],
        "Place": [body["place"]],
        "Source": [f"{source['title']}, {source['publisher']}. {source['interest']}"],
        "As of": [body["as_of"], body["as_of_note"]],
        "Review by": [body["review_by"]],
        "What it can bear": [body["bears"]],
    }


def _term(body: Body, _: Body) -> dict[str, list[str]]:
    return {"Name": [body["name"]], "Meaning": [body["meaning"]], "Used by": [body["used_by"]]}


_KINDS: dict[str, Callable[[Body, Body], dict[str, list[str]]]] = {
    "lesson": _lesson,
    "question": _question,
    "quiz": _quiz,
    "outline": _outline,
    "fact": _fact,
    "term": _term,
}
