"""What a learner's answers show: objectives shown, how sure against how right, mistaken ideas."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from courses import question_types
from courses.models import Misconception, Version
from learning import calibration, mastery, misconceptions
from learning.calibration import Bin
from learning.mastery import Graded
from learning.misconceptions import Said
from learning.models import Enrollment, ReviewLog

LATEST = 500
"""Answers looked at for sureness and mistaken ideas; years cost no more than months."""


@dataclass(frozen=True)
class ObjectiveShown:
    """An objective with its last three graded answers, the newest first: their ids and credits (per cent)."""

    id: int
    course: str
    module: str
    text: str
    lesson: str
    answers: Sequence[int]
    credits: Sequence[int]
    shown: bool


def with_objectives(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Annotate enrollments with their objectives and the last graded answers to each; no query more."""
    return enrollments.annotate(objectives=RawSQL(OBJECTIVES, [], JSONField()))  # noqa: S611 - it is below


# Raw, because Django needs longer to put it together than PostgreSQL to answer it. The answers are the last
# few to each question (learning.recent_answers); `read` sees which are the last to an objective.
OBJECTIVES = """
    SELECT json_build_array(
        (
            SELECT COALESCE(json_agg(json_build_array(
                objective.id, module.key, objective.text, lesson.title
            ) ORDER BY module.order, lesson.order, objective.order, objective.id), '[]'::json)
            FROM courses_objective AS objective
            JOIN courses_lesson AS lesson ON lesson.id = objective.lesson_id
            JOIN courses_module AS module ON module.id = lesson.module_id
            WHERE objective.course_id = learning_enrollment.course_id AND objective.archived_at IS NULL
                AND lesson.live_version_id IS NOT NULL
        ),
        (
            SELECT concat('[', string_agg(
                concat('[', question.objective_id, ',', question.id, given.answers, ']'), ','
            ), ']')::json
            FROM (
                SELECT question_id, string_agg(concat(',', id, ',', credit), '') AS answers
                FROM learning_answer
                WHERE user_id = learning_enrollment.user_id AND recent AND credit IS NOT NULL
                GROUP BY question_id
            ) AS given
            JOIN courses_question AS question ON question.id = given.question_id
            WHERE question.course_id = learning_enrollment.course_id AND question.objective_id IS NOT NULL
        )
    )::text
"""
"""For a row of Enrollment: the objectives of its course, and the recent answers to each."""


def objectives(rows: Iterable[Any]) -> list[ObjectiveShown]:
    """Return the objectives of enrollments that `with_objectives` annotated, in the order of the courses."""
    return [each for row in rows for each in read(row.course.title, row.objectives)]


def read(course: str, found: Sequence[Any]) -> list[ObjectiveShown]:
    """Read what OBJECTIVES found for an enrollment. `course` is its title."""
    rows, answered = found
    given: dict[int, list[tuple[int, Graded]]] = defaultdict(list)
    for objective, question, *answers in answered:
        for pk, credit in zip(answers[::2], answers[1::2], strict=True):
            given[objective].append((pk, Graded(question, credit)))
    return [_objective(course, each, given[each[0]]) for each in rows]


def _objective(course: str, found: Sequence[Any], given: Sequence[tuple[int, Graded]]) -> ObjectiveShown:
    pk, module, text, lesson = found
    last = sorted(given, key=itemgetter(0), reverse=True)[: mastery.LAST]
    graded = [each for _, each in last]
    return ObjectiveShown(
        id=pk,
        course=course,
        module=module,
        text=text,
        lesson=lesson,
        answers=[answer for answer, _ in last],
        credits=[int(each.credit * 100) for each in graded],
        shown=mastery.mastered(graded),
    )


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
