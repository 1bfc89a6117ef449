"""Keeping a bank of questions: changing many at once, taking a copy, and where one is used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit, prepared
from accounts.models import User
from courses import questions
from courses.models import Choice, Lesson, Question, Quiz

LONGEST_KEY = 60
TAGS = "SELECT DISTINCT unnest(tags) FROM (SELECT DISTINCT tags FROM courses_question) AS lists"


@dataclass(frozen=True, slots=True)
class Usage:
    """Where learners meet a question, as everything is live now."""

    quizzes: Sequence[Quiz]
    """Graded quizzes that may draw it."""

    lessons: Sequence[Lesson]
    """Lessons that ask it as a check."""


@transaction.atomic
def edit_together(
    rows: Iterable[Question],
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    difficulty: str = "",
    author: User | None,
    now: datetime,
) -> int:
    """Add and remove tags of many drafts, and set their difficulty ("" keeps each); return how many changed.

    Tags keep their order, new ones stand last. The same call again changes nothing.
    """
    add, remove = list(add), set(remove)
    held = Question.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in rows])
    changed: list[Question] = []
    for row in held.order_by("pk"):
        tags = [tag for tag in dict.fromkeys([*row.tags, *add]) if tag not in remove]
        if tags != row.tags or (difficulty and difficulty != row.difficulty):
            row.tags, row.difficulty, row.updated_at = tags, difficulty or row.difficulty, now
            changed.append(row)
    Question.objects.bulk_update(changed, ["tags", "difficulty", "updated_at"])
    if changed:
        after = {"add": add, "remove": sorted(remove), "difficulty": difficulty}
        audit.record_each(changed, actor=author, action="bank_edit", after=after, now=now)
    return len(changed)


@transaction.atomic
def duplicate(question: Question, *, author: User | None, now: datetime) -> Question:
    """Make a draft with the same content and a key of its own, neither shipped nor published; return it."""
    choices = list(question.choices.all())
    copy = Question.objects.get(pk=question.pk)
    copy.pk, copy.key = None, _free_key(question)
    copy.live_version, copy.archived_at = None, None
    copy.shipped_hash = copy.shipped_version = ""
    copy._state.adding = True
    copy.save()
    for choice in choices:
        choice.pk, choice.question = None, copy
        choice._state.adding = True
    Choice.objects.bulk_create(choices)
    audit.record(actor=author, action="duplicate", obj=copy, after={"of": question.pk}, now=now)
    return copy


def usage(question: Question) -> Usage:
    """Say which live quizzes may draw a question and which live lessons ask it (2 queries)."""
    quizzes: list[Quiz] = []
    live = question.live_version
    if live is not None and "quiz" in question.uses:
        found = Quiz.objects.filter(course_id=question.course_id, live_version__isnull=False)
        for quiz in found.select_related("live_version"):
            pools = quiz.live_version.body["pools"] if quiz.live_version else []
            if any(questions.matches(live.body, pool) for pool in pools):
                quizzes.append(quiz)
    asking = Lesson.objects.filter(course_id=question.course_id, live_version__isnull=False).defer("body")
    named = asking.filter(live_version__body__markdown__iregex=rf"(?n)^:::+ check {question.key}$")
    return Usage(quizzes, list(named))


def tags() -> list[str]:
    """Return all tags of the bank, sorted."""
    return sorted(tag for (tag,) in prepared.rows(TAGS, []))


def _free_key(question: Question) -> str:
    taken = set(Question.objects.filter(course_id=question.course_id).values_list("key", flat=True))
    for number in range(2, len(taken) + 3):
        key = f"{question.key[: LONGEST_KEY - 5].rstrip('-')}-{number}"
        if key not in taken:
            return key
    raise AssertionError("there are more numbers than keys")
