"""What publishing does to learners, counted before it is done. Named in settings.PUBLISH_IMPACTS."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Q

from courses import changes, question_types
from courses.grading import Response, key_for
from courses.impact import Impact, Step
from courses.models import Course, Lesson, Question, Quiz, Version
from courses.versions import Snapshot
from learning import regrade
from learning.models import Attempt, AttemptQuestion, Certificate, Enrollment, LessonProgress


def of(steps: Sequence[Step]) -> Impact:
    """Count the learners, attempts and completed lessons that the steps touch. Writes nothing."""
    courses = _courses(steps)
    inside = Enrollment.objects.filter(course__in=courses)
    issued = Certificate.objects.filter(course__in=courses, issued_at__isnull=False, revoked_at__isnull=True)
    found = Impact(
        learners=inside.aggregate(people=Count("user", distinct=True))["people"],
        certificates=issued.filter(replaced_at__isnull=True).count(),
    )
    for step in steps:
        if isinstance(step.row, Quiz):
            found.open_attempts += _open_of_quiz(step.row)
        elif isinstance(step.row, Question):
            found.open_attempts += _open_with(step.row)
            found.regrades += _regrades(step)
        elif isinstance(step.row, Lesson):
            found.sections += _new_sections(step.row, step.after)
    return found


def _courses(steps: Sequence[Step]) -> set[int]:
    """Return the ids of the courses that the steps belong to; of facts and terms, those that name them."""
    found: set[int] = set()
    naming: list[Q] = []
    for step in steps:
        key = step.row.key
        if isinstance(step.row, Course):
            found.add(step.row.pk)
        elif step.after.course_id is not None:
            found.add(step.after.course_id)
        elif step.after.kind == Version.Kind.FACT:
            naming.append(Q(live_version__body__markdown__icontains=f"[[fact:{key}]]"))
            naming.append(Q(live_version__body__markdown__icontains=f"fact: {key}"))  # in a figure
        else:
            naming.append(Q(live_version__body__terms__contains=key))
    if naming:
        named = Lesson.objects.filter(reduce(or_, naming))
        found.update(named.values_list("course_id", flat=True).distinct())
    return found


def _open_of_quiz(quiz: Quiz) -> int:
    return Attempt.objects.filter(quiz=quiz, submitted_at__isnull=True).count()


def _open_with(question: Question) -> int:
    waiting = AttemptQuestion.objects.filter(question=question, attempt__submitted_at__isnull=True)
    return waiting.count()


def _regrades(step: Step) -> int:
    """Count the handed-in answers to a question that its new key would give another credit.

    Like answers are graded once: what was asked and what was answered are counted by the database.
    """
    if step.before is None:
        return 0
    handed_in = AttemptQuestion.objects.filter(
        question_id=step.row.pk, attempt__submitted_at__isnull=False, answer__isnull=False
    )
    groups = handed_in.values_list("version_id", "answer__response", "answer__credit").annotate(Count("pk"))
    rows = list(groups.order_by())
    asked = Version.objects.for_pages().in_bulk({version_id for version_id, *_ in rows})
    corrected = Version(
        kind=step.after.kind, key=step.row.key, body=step.after.body, answer_key=step.after.answer_key
    )
    fits = {pk: regrade.fits(version, corrected) for pk, version in asked.items()}
    found = 0
    for version_id, response, credit, answers in rows:
        if fits[version_id] and _credit(asked[version_id], corrected, response) != credit:
            found += answers
    return found


def _credit(asked: Version, corrected: Version, response: Response) -> Decimal:
    kind = question_types.get(asked.body["type"])
    grade = kind.grade(asked.body, key_for(asked.body, corrected.answer_key or {}), response)
    return Decimal(str(grade.credit)).quantize(Decimal("0.001"))


def _new_sections(lesson: Lesson, after: Snapshot) -> Counter[int]:
    """Count completed lessons by how many sections the version that was completed does not have like this."""
    done = LessonProgress.objects.filter(lesson=lesson, undone_at__isnull=True)
    people = dict(done.values_list("version_id").annotate(Count("pk")).order_by())
    found: Counter[int] = Counter()
    for version in Version.objects.filter(pk__in=people):
        news = changes.since(version.body, after.body)
        if news:
            found[len(news.new) + len(news.reworded)] += people[version.pk]
    return found
