"""What a learner's answers show: objectives shown, how sure against how right, mistaken ideas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import User
from courses import question_types
from courses.models import Misconception, Objective, Version
from learning import calibration, mastery, misconceptions
from learning.calibration import Bin
from learning.mastery import Graded
from learning.misconceptions import Said
from learning.models import Answer, Enrollment, ReviewLog

LATEST = 500
"""Answers looked at for sureness and mistaken ideas; years cost no more than months."""


@dataclass(frozen=True)
class ObjectiveShown:
    """An objective with the credits (per cent) of its last three graded answers, the newest first."""

    course: str
    text: str
    lesson: str
    credits: Sequence[int]
    shown: bool


def with_objectives(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Annotate enrollments with their objectives and the last graded answers to each; no query more."""
    answers = (
        Answer.objects.filter(
            user_id=OuterRef(OuterRef("user_id")),
            context=Answer.Context.QUIZ,
            question__objective_id=OuterRef("pk"),
            attempt_question__attempt__submitted_at__isnull=False,
            credit__isnull=False,
        )
        .order_by("-attempt_question__attempt__submitted_at", "-pk")
        .values(one=JSONObject(question="question_id", credit="credit"))[: mastery.LAST]
    )
    objectives = (
        Objective.objects.filter(
            course_id=OuterRef("course_id"), archived_at__isnull=True, lesson__live_version__isnull=False
        )
        .order_by("lesson__module__order", "lesson__order", "order", "pk")
        .values(one=JSONObject(text="text", lesson="lesson__title", last=ArraySubquery(answers)))
    )
    return enrollments.annotate(objectives=ArraySubquery(objectives))


def objectives(rows: Iterable[Any]) -> list[ObjectiveShown]:
    """Return the objectives of enrollments that `with_objectives` annotated, in the order of the courses."""
    return [_objective(row.course.title, found) for row in rows for found in row.objectives]


def _objective(course: str, found: dict[str, Any]) -> ObjectiveShown:
    last = [Graded(each["question"], each["credit"]) for each in found["last"]]
    credits = [int(each.credit * 100) for each in last]
    return ObjectiveShown(course, found["text"], found["lesson"], credits, mastery.mastered(last))


@dataclass(frozen=True)
class Evidence:
    """The page "What your answers show"."""

    objectives: list[ObjectiveShown]
    bins: list[Bin]
    open: list[Misconception]
    cleared: list[Misconception]

    @property
    def shown(self) -> int:
        """How many objectives are shown."""
        return sum(each.shown for each in self.objectives)


def of(user: User) -> Evidence:
    """Read what a learner's answers show, in 5 queries. Of a quiz, only what was handed in counts."""
    graded = _graded(user)
    keys = misconceptions.standing(_said(graded))
    named = {row.key: row for row in Misconception.objects.filter(key__in=[*keys.open, *keys.cleared])}
    enrollments = user.enrollments.select_related("course").order_by("-last_active_at")
    return Evidence(
        objectives=objectives(with_objectives(enrollments)),
        bins=calibration.bins((row["sureness"], float(row["credit"])) for row in graded),
        open=[named[key] for key in keys.open if key in named],
        cleared=[named[key] for key in keys.cleared if key in named],
    )


def _graded(user: User) -> list[dict[str, Any]]:
    """The latest answers to checks, in quizzes handed in, and in reviews, as one list."""
    fields = ("response", "sureness", "credit", "version_id")
    answers = user.answers.filter(credit__isnull=False).order_by("-saved_at")
    reviews = ReviewLog.objects.filter(
        card__user=user, source=ReviewLog.Source.REVIEW, undone_at__isnull=True
    ).order_by("-at")
    rows = [{**row, "at": row["saved_at"]} for row in answers.values(*fields, "saved_at")[:LATEST]]
    rows += reviews.values(*fields, "at")[:LATEST]
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:LATEST]


def _said(graded: Sequence[dict[str, Any]]) -> list[Said]:
    """What the answers say about mistaken ideas; words of the glossary carry none."""
    asked = {row["version_id"] for row in graded}
    versions = Version.objects.filter(pk__in=asked, kind=Version.Kind.QUESTION).in_bulk()
    told = []
    for row in graded:
        if version := versions.get(row["version_id"]):
            key = version.answer_key or {"choices": {}}
            carried = (choice.get("misconception") for choice in key["choices"].values())
            kind = question_types.get(version.body["type"])
            grade = kind.grade(version.body, key, row["response"])
            offered = {each["key"] for each in carried if each}
            told.append(Said(row["at"], offered, grade.misconceptions))
    return told
