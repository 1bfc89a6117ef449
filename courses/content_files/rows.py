"""Write plain values of the content files into draft rows. The caller holds the transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from courses import models
from courses.content_files import format as files
from courses.models.versions import Shipped

Written = Shipped
"""Any row that remembers what it was shipped as."""


def write(course_key: str, item: files.Item, *, now: datetime) -> Any:
    """Make or change the draft of an object and of what it is made of; return its row.

    What it names (modules, objectives, sources …) must be there already: write in the order of the package.
    """
    return WRITERS[type(item)](course_key, item, now)


def objective_keys(course_key: str) -> set[str]:
    """Return the keys of a course's objectives that are not archived."""
    found = models.Objective.objects.filter(course__key=course_key, archived_at__isnull=True)
    return set(found.values_list("key", flat=True))


def _source(course_key: str, item: files.Source, now: datetime) -> models.Source:
    values = {"title": item.title, "publisher": item.publisher, "interest": item.interest, "read": item.read}
    return models.Source.objects.update_or_create(key=item.key, defaults=values)[0]


def _misconception(course_key: str, item: files.Misconception, now: datetime) -> models.Misconception:
    values = {"name": item.name, "correction": item.correction}
    return models.Misconception.objects.update_or_create(key=item.key, defaults=values)[0]


def _term(course_key: str, item: files.Term, now: datetime) -> models.GlossaryTerm:
    values = {"name": item.name, "meaning": item.meaning, "used_by": item.used_by}
    return models.GlossaryTerm.objects.update_or_create(key=item.key, defaults=values)[0]


def _fact(course_key: str, item: files.Fact, now: datetime) -> models.Fact:
    values = {
        "value": item.value,
        "show": item.show,
        "unit": item.unit,
        "place": item.place,
        "statement": item.statement,
        "source": models.Source.objects.get(key=item.source),
        "as_of": item.as_of,
        "as_of_note": item.as_of_note,
        "review_by": item.review_by,
        "bears": item.bears,
    }
    return models.Fact.objects.update_or_create(key=item.key, defaults=values)[0]


def _course(course_key: str, item: files.Course, now: datetime) -> models.Course:
    values = {
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "order": item.order,
    }
    course, _ = models.Course.objects.update_or_create(key=item.key, defaults=values)
    for order, (key, title) in enumerate(item.modules.items(), start=1):
        about = {"title": title, "order": order, "archived_at": None}
        course.modules.update_or_create(key=key, defaults=about)
    course.modules.exclude(key__in=item.modules).filter(archived_at__isnull=True).update(archived_at=now)
    return course


def _module(course_key: str, key: str) -> models.Module:
    """Return a module; one that an editor's course does not have is made, with its key for a title."""
    course = models.Course.objects.get(key=course_key)
    return course.modules.get_or_create(key=key, defaults={"title": key.replace("-", " ").capitalize()})[0]


def _lesson(course_key: str, item: files.Lesson, now: datetime) -> models.Lesson:
    module = _module(course_key, item.module)
    values = {
        "module": module,
        "order": item.order,
        "title": item.title,
        "question": item.question,
        "open": item.open,
        "body": item.body,
    }
    lesson, _ = models.Lesson.objects.update_or_create(
        course_id=module.course_id, key=item.key, defaults=values
    )
    lesson.terms.set(models.GlossaryTerm.objects.filter(key__in=item.terms))
    lesson.sources.set(models.Source.objects.filter(key__in=item.sources))
    for order, (key, text) in enumerate(item.objectives.items(), start=1):
        models.Objective.objects.update_or_create(
            course_id=module.course_id,
            key=key,
            defaults={"lesson": lesson, "text": text, "order": order, "archived_at": None},
        )
    gone = lesson.objectives.exclude(key__in=item.objectives)
    gone.filter(archived_at__isnull=True).update(archived_at=now)
    return lesson


def _misconception_of(key: str) -> models.Misconception | None:
    return models.Misconception.objects.get(key=key) if key else None


def _question(course_key: str, item: files.Question, now: datetime) -> models.Question:
    module = _module(course_key, item.module)
    of_course = {"course_id": module.course_id}
    values = {
        "module": module,
        "objective": models.Objective.objects.get(key=item.objective, **of_course),
        "passage_lesson": models.Lesson.objects.get(key=item.passage_lesson, **of_course),
        "passage_heading": item.passage_heading,
        "order": item.order,
        "type": item.type,
        "uses": list(item.uses),
        "difficulty": item.difficulty,
        "tags": list(item.tags),
        "prompt": item.prompt,
        "buckets": list(item.buckets),
        "misconception": _misconception_of(item.misconception),
        "explanation": item.explanation,
    }
    question, _ = models.Question.objects.update_or_create(
        course_id=module.course_id, key=item.key, defaults=values
    )
    keys = {choice.misconception for choice in item.choices if choice.misconception}
    wrong = {found.key: found for found in models.Misconception.objects.filter(key__in=keys)}
    question.choices.all().delete()
    models.Choice.objects.bulk_create(
        models.Choice(
            question=question,
            order=order,
            key=choice.key,
            text=choice.text,
            correct=choice.correct,
            bucket=choice.bucket,
            feedback=choice.feedback,
            misconception=wrong.get(choice.misconception),
        )
        for order, choice in enumerate(item.choices, start=1)
    )
    return question


def _quiz(course_key: str, item: files.Quiz, now: datetime) -> models.Quiz:
    module = _module(course_key, item.key)
    values = {
        "module": module,
        "title": item.title,
        "pass_mark": item.pass_mark,
        "feedback": item.feedback,
        "shuffle_questions": item.shuffle_questions,
        "shuffle_choices": item.shuffle_choices,
        "attempts_allowed": item.attempts_allowed,
        "delay_hours": item.delay_hours,
        "ask_sureness": item.ask_sureness,
    }
    quiz, _ = models.Quiz.objects.update_or_create(course_id=module.course_id, key=item.key, defaults=values)
    quiz.pools.all().delete()
    for order, pool in enumerate(item.pools, start=1):
        row = quiz.pools.create(order=order, draw=pool.draw, tags=list(pool.tags), difficulty=pool.difficulty)
        row.objectives.set(quiz.course.objectives.filter(key__in=pool.objectives))
    return quiz


WRITERS: dict[type[files.Item], Callable[[str, Any, datetime], Shipped]] = {
    files.Source: _source,
    files.Misconception: _misconception,
    files.Term: _term,
    files.Fact: _fact,
    files.Course: _course,
    files.Lesson: _lesson,
    files.Question: _question,
    files.Quiz: _quiz,
}
