"""Write plain values of the content files into draft rows. The caller holds the transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F

from courses import models
from courses.content_files import format as files
from courses.models.versions import Shipped

Row = TypeVar("Row", bound=Shipped)


@dataclass
class Desk:
    """What one import remembers between rows, so that it looks up nothing twice."""

    now: datetime
    shipped_version: str
    new: bool = False
    """Whether the object at hand is not there yet."""

    shipped_hash: str = ""
    modules: dict[tuple[str, str], models.Module] = field(default_factory=dict)
    misconceptions: dict[str, models.Misconception] = field(default_factory=dict)
    objectives: dict[tuple[int, str], models.Objective] = field(default_factory=dict)
    lessons: dict[tuple[int, str], models.Lesson] = field(default_factory=dict)

    def put(self, table: type[Row], values: dict[str, Any], **identity: Any) -> Row:
        """Make the row of the object at hand, or change it; it remembers what it was shipped as."""
        values |= {"shipped_hash": self.shipped_hash, "shipped_version": self.shipped_version}
        if self.new:
            return table._default_manager.create(**identity, **values)
        return table._default_manager.update_or_create(**identity, defaults=values)[0]

    def module(self, course: str, key: str) -> models.Module:
        """Return a module; one that an editor's course does not have is made, with its key for a title."""
        if (course, key) not in self.modules:
            row = models.Course.objects.get(key=course)
            title = key.replace("-", " ").capitalize()
            self.modules[course, key] = row.modules.get_or_create(key=key, defaults={"title": title})[0]
        return self.modules[course, key]

    def misconception(self, key: str) -> models.Misconception | None:
        """Return a misconception, or None for no key."""
        if key and key not in self.misconceptions:
            self.misconceptions = {found.key: found for found in models.Misconception.objects.all()}
        return self.misconceptions[key] if key else None

    def objective(self, course_id: int, key: str) -> models.Objective:
        """Return an objective of a course."""
        if (course_id, key) not in self.objectives:
            for found in models.Objective.objects.filter(course_id=course_id):
                self.objectives[course_id, found.key] = found
        return self.objectives[course_id, key]

    def lesson(self, course_id: int, key: str) -> models.Lesson:
        """Return a lesson of a course."""
        if (course_id, key) not in self.lessons:
            for found in models.Lesson.objects.filter(course_id=course_id):
                self.lessons[course_id, found.key] = found
        return self.lessons[course_id, key]


def write(course_key: str, item: files.Item, desk: Desk, *, new: bool) -> Shipped:
    """Make or change the draft of an object and of what it is made of; return its row.

    What it names (modules, objectives, sources …) must be there already: write in the order of the package.
    """
    desk.new, desk.shipped_hash = new, files.digest(item)
    return WRITERS[type(item)](course_key, item, desk)


def rewrite(row: Shipped, course_key: str, item: files.Item, *, now: datetime) -> None:
    """Change a draft as its editors do: what it was shipped as stays, so an import leaves it alone."""
    desk = Desk(now, row.shipped_version, shipped_hash=row.shipped_hash)
    WRITERS[type(item)](course_key, item, desk)


def draft(course_key: str, item: files.Item, desk: Desk) -> Shipped:
    """Make a draft that is not there yet, as its editors do: nothing shipped it."""
    desk.new, desk.shipped_hash = True, ""
    return WRITERS[type(item)](course_key, item, desk)


def add_questions(
    course_key: str, items: Sequence[files.Question], *, now: datetime
) -> list[models.Question]:
    """Make drafts of many questions, as `draft` does, in a number of queries that does not grow with them."""
    desk = Desk(now, "", new=True)
    made = [
        models.Question(key=item.key, **_place_of(course_key, item, desk), **_about(item, desk))
        for item in items
    ]
    models.Question.objects.bulk_create(made, batch_size=500)
    choices = [
        row for question, item in zip(made, items, strict=True) for row in _choices(question, item, desk)
    ]
    models.Choice.objects.bulk_create(choices, batch_size=1000)
    return made


def objective_keys(course_key: str) -> set[str]:
    """Return the keys of a course's objectives that are not archived."""
    found = models.Objective.objects.filter(course__key=course_key, archived_at__isnull=True)
    return set(found.values_list("key", flat=True))


def _source(course_key: str, item: files.Source, desk: Desk) -> models.Source:
    values = {"title": item.title, "publisher": item.publisher, "interest": item.interest, "read": item.read}
    return desk.put(models.Source, values, key=item.key)


def _misconception(course_key: str, item: files.Misconception, desk: Desk) -> models.Misconception:
    values = {"name": item.name, "correction": item.correction}
    return desk.put(models.Misconception, values, key=item.key)


def _sentence(course_key: str, item: files.Sentence, desk: Desk) -> models.DrillSentence:
    values = {"text": item.text, "label": item.label, "reason": item.reason}
    sentence = desk.put(models.DrillSentence, values, key=item.key)
    sentence.traps.all().delete()
    models.DrillTrap.objects.bulk_create(
        models.DrillTrap(sentence=sentence, label=label, misconception=desk.misconception(key))
        for label, key in item.likely_wrong.items()
    )
    return sentence


def _advert(course_key: str, item: files.Advert, desk: Desk) -> models.Advert:
    advert = desk.put(models.Advert, {"title": item.title, "opening": item.opening}, key=item.key)
    advert.duties.all().delete()
    models.AdvertDuty.objects.bulk_create(
        models.AdvertDuty(
            advert=advert, order=order, key=duty.key, text=duty.text, side=duty.side, reason=duty.reason
        )
        for order, duty in enumerate(item.duties, start=1)
    )
    return advert


def _term(course_key: str, item: files.Term, desk: Desk) -> models.GlossaryTerm:
    values = {"name": item.name, "meaning": item.meaning, "used_by": item.used_by}
    return desk.put(models.GlossaryTerm, values, key=item.key)


def _fact(course_key: str, item: files.Fact, desk: Desk) -> models.Fact:
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
    return desk.put(models.Fact, values, key=item.key)


def _course(course_key: str, item: files.Course, desk: Desk) -> models.Course:
    values = {
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "order": item.order,
        "certificate": item.certificate,
    }
    course = desk.put(models.Course, values, key=item.key)
    for order, (key, title) in enumerate(item.modules.items(), start=1):
        about = {"title": title, "order": order, "archived_at": None}
        course.modules.update_or_create(key=key, defaults=about)
    course.modules.exclude(key__in=item.modules).filter(archived_at__isnull=True).update(archived_at=desk.now)
    return course


def _lesson(course_key: str, item: files.Lesson, desk: Desk) -> models.Lesson:
    module = desk.module(course_key, item.module)
    values = {
        "module": module,
        "order": item.order,
        "title": item.title,
        "question": item.question,
        "open": item.open,
        "body": item.body,
    }
    if not desk.new:
        values["revision"] = F("revision") + 1
    lesson = desk.put(models.Lesson, values, course_id=module.course_id, key=item.key)
    lesson.terms.set(models.GlossaryTerm.objects.filter(key__in=item.terms))
    lesson.sources.set(models.Source.objects.filter(key__in=item.sources))
    for order, (key, text) in enumerate(item.objectives.items(), start=1):
        models.Objective.objects.update_or_create(
            course_id=module.course_id,
            key=key,
            defaults={"lesson": lesson, "text": text, "order": order, "archived_at": None},
        )
    gone = lesson.objectives.exclude(key__in=item.objectives)
    gone.filter(archived_at__isnull=True).update(archived_at=desk.now)
    return lesson


def _question(course_key: str, item: files.Question, desk: Desk) -> models.Question:
    place = _place_of(course_key, item, desk)
    course_id = place.pop("course_id")
    question = desk.put(models.Question, {**place, **_about(item, desk)}, course_id=course_id, key=item.key)
    if not desk.new:
        question.choices.all().delete()
    models.Choice.objects.bulk_create(_choices(question, item, desk))
    return question


def _place_of(course_key: str, item: files.Question, desk: Desk) -> dict[str, Any]:
    module = desk.module(course_key, item.module)
    return {
        "course_id": module.course_id,
        "module": module,
        "objective": desk.objective(module.course_id, item.objective),
        "passage_lesson": desk.lesson(module.course_id, item.passage_lesson),
    }


def _about(item: files.Question, desk: Desk) -> dict[str, Any]:
    return {
        "passage_heading": item.passage_heading,
        "order": item.order,
        "type": item.type,
        "uses": list(item.uses),
        "difficulty": item.difficulty,
        "tags": list(item.tags),
        "prompt": item.prompt,
        "buckets": list(item.buckets),
        "settings": item.settings,
        "misconception": desk.misconception(item.misconception),
        "explanation": item.explanation,
    }


def _choices(question: models.Question, item: files.Question, desk: Desk) -> list[models.Choice]:
    return [
        models.Choice(
            question=question,
            order=order,
            key=choice.key,
            text=choice.text,
            correct=choice.correct,
            bucket=choice.bucket,
            credit=choice.credit,
            feedback=choice.feedback,
            misconception=desk.misconception(choice.misconception),
        )
        for order, choice in enumerate(item.choices, start=1)
    ]


def _quiz(course_key: str, item: files.Quiz, desk: Desk) -> models.Quiz:
    module = None if item.key == files.FINAL else desk.module(course_key, item.key)
    course = module.course if module else models.Course.objects.get(key=course_key)
    values = {
        "module": module,
        "title": item.title,
        "pass_mark": item.pass_mark,
        "feedback": item.feedback,
        "shuffle_questions": item.shuffle_questions,
        "shuffle_choices": item.shuffle_choices,
        "attempts_allowed": item.attempts_allowed,
        "delay_hours": item.delay_hours,
        "time_limit_minutes": item.time_limit_minutes,
        "ask_sureness": item.ask_sureness,
    }
    quiz = desk.put(models.Quiz, values, course=course, key=item.key)
    quiz.pools.all().delete()
    for order, pool in enumerate(item.pools, start=1):
        row = quiz.pools.create(order=order, draw=pool.draw, tags=list(pool.tags), difficulty=pool.difficulty)
        row.objectives.set(course.objectives.filter(key__in=pool.objectives))
    return quiz


WRITERS: dict[type[files.Item], Callable[[str, Any, Desk], Shipped]] = {
    files.Source: _source,
    files.Misconception: _misconception,
    files.Sentence: _sentence,
    files.Advert: _advert,
    files.Term: _term,
    files.Fact: _fact,
    files.Course: _course,
    files.Lesson: _lesson,
    files.Question: _question,
    files.Quiz: _quiz,
}
