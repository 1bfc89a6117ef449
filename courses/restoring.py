"""Take an older version back into the draft. Learners see nothing of it until the draft is published."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses import drafts, publishing, question_types
from courses.content_files import format as files
from courses.content_files import rows
from courses.models import (
    Course,
    Fact,
    GlossaryTerm,
    Lesson,
    Misconception,
    Question,
    Quiz,
    Source,
    Version,
    Versioned,
)


class NotRestorable(ValueError):
    """The version names something that is not there any more; the message says what, for the editor."""


@transaction.atomic
def restore(row: Versioned, version: Version, *, author: User | None, now: datetime) -> None:
    """Write a version's content over the row's draft. Place and order in the course stay as they are.

    Raises NotRestorable, also for the outline of a course: its order follows from many drafts.
    """
    locked = publishing.lock(row)
    written = item(locked, version)
    course = locked.course.key if isinstance(locked, Lesson | Question | Quiz) else ""
    rows.rewrite(locked, course, written, now=now)
    audit.record(actor=author, action="restore", obj=locked, after={"version": version.pk}, now=now)


def item(row: Versioned, version: Version) -> files.Item:
    """Return what a version of a row holds, as a draft is written. Raises NotRestorable."""
    match row:
        case Lesson():
            return _lesson(row, version.body)
        case Question():
            return _question(row, version.body, version.answer_key or {})
        case Quiz():
            return _quiz(row, version.body)
        case Fact():
            return _fact(row, version.body)
        case GlossaryTerm():
            body = version.body
            return files.Term(row.key, body["name"], body["meaning"], body["used_by"])
        case Course():
            raise NotRestorable(_("The order of a course follows its lessons. Restore those."))
    raise NotRestorable(_("Nothing is known of %(version)s.") % {"version": version})


def _lesson(row: Lesson, body: dict[str, Any]) -> files.Lesson:
    return replace(
        drafts.lesson(row),
        title=body["title"],
        question=body["question"],
        open=body["open"],
        objectives={objective["key"]: objective["text"] for objective in body["objectives"]},
        terms=tuple(body["terms"]),
        sources=tuple(source["key"] for source in body["sources"]),
        body=body["markdown"],
    )


def _question(row: Question, body: dict[str, Any], answer_key: dict[str, Any]) -> files.Question:
    shape = question_types.get(body["type"]).SHAPE
    truths: dict[str, dict[str, Any]] = answer_key["choices"]
    choices = [_choice(choice, truths[choice["key"]], shape.truth) for choice in body["choices"]]
    behind = answer_key.get("misconception")
    if shape.truth == "place":
        choices.sort(key=lambda choice: truths[choice.key]["place"])
    if shape.listed_as and not shape.explains_choices:
        behind = next((truth["misconception"] for truth in truths.values()), None)
        choices = [replace(choice, misconception="") for choice in choices]
    lesson, __, heading = body["passage"].partition("#")
    found = replace(
        drafts.question(row),
        type=body["type"],
        objective=body["objective"],
        passage_lesson=lesson,
        passage_heading=heading,
        difficulty=body["difficulty"],
        prompt=body["prompt"],
        choices=tuple(choices),
        explanation=answer_key["explanation"],
        uses=tuple(body["uses"]),
        tags=tuple(body["tags"]),
        buckets=_buckets(body["buckets"], choices, shape.truth),
        misconception=behind["key"] if behind else "",
        settings={
            setting.name: (body if setting.public else answer_key)[setting.name]
            for setting in shape.settings
            if setting.name in (body if setting.public else answer_key)
        },
    )
    _insist_on_what_it_names(row, found)
    return found


def _choice(choice: dict[str, Any], truth: dict[str, Any], how: str) -> files.Choice:
    misconception = truth["misconception"]
    return files.Choice(
        key=choice["key"],
        text=choice["text"],
        feedback=truth["feedback"],
        correct=how == "correct" and truth["correct"],
        bucket=truth["bucket"] or "",
        misconception=misconception["key"] if misconception else "",
        credit=truth.get("credit"),
    )


def _buckets(buckets: list[str], choices: list[files.Choice], how: str) -> tuple[str, ...]:
    """Of pairs, the right sides that belong to nobody; else all."""
    taken = {choice.bucket for choice in choices} if how == "right" else set()
    return tuple(bucket for bucket in buckets if bucket not in taken)


def _insist_on_what_it_names(row: Question, named_by: files.Question) -> None:
    named = {named_by.misconception, *(choice.misconception for choice in named_by.choices)} - {""}
    gone = named - set(Misconception.objects.filter(key__in=named).values_list("key", flat=True))
    if gone:
        raise NotRestorable(
            _("These misconceptions are not there any more: %(gone)s.") % {"gone": ", ".join(sorted(gone))}
        )
    if not row.course.objectives.filter(key=named_by.objective).exists():
        raise NotRestorable(
            _("The objective %(objective)s is not there any more.") % {"objective": named_by.objective}
        )
    if not row.course.lessons.filter(key=named_by.passage_lesson).exists():
        raise NotRestorable(
            _("The lesson %(passage_lesson)s is not there any more.")
            % {"passage_lesson": named_by.passage_lesson}
        )


def _quiz(row: Quiz, body: dict[str, Any]) -> files.Quiz:
    pools = tuple(
        files.Pool(pool["draw"], tuple(pool["objectives"]), tuple(pool["tags"]), pool["difficulty"])
        for pool in body["pools"]
    )
    return files.Quiz(
        key=row.key,
        title=body["title"],
        pass_mark=body["pass_mark"],
        pools=pools,
        feedback=body["feedback"],
        shuffle_questions=body["shuffle_questions"],
        shuffle_choices=body["shuffle_choices"],
        attempts_allowed=body["attempts_allowed"],
        delay_hours=body["delay_hours"],
        time_limit_minutes=body["time_limit_minutes"],
        ask_sureness=body["ask_sureness"],
    )


def _fact(row: Fact, body: dict[str, Any]) -> files.Fact:
    """The version says of its source what readers see, so the source is found by that."""
    source = Source.objects.filter(**body["source"]).first() or row.source
    return files.Fact(
        key=row.key,
        value=Decimal(body["value"]),
        show=body["show"],
        unit=body["unit"],
        statement=body["statement"],
        source=source.key,
        as_of=body["as_of"],
        review_by=date.fromisoformat(body["review_by"]),
        bears=body["bears"],
        place=body["place"],
        as_of_note=body["as_of_note"],
    )
