"""A stamp of all rows that a course is drawn from: where none was written since, what they made stands.

PostgreSQL keeps with each row where it lies (ctid) and which transaction wrote it (xmin); every change makes
another of both, whoever made it and by whatever statement.
"""

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.db.models import Model

from accounts import prepared
from courses.models import (
    Course,
    Fact,
    GlossaryTerm,
    Lesson,
    MediaAsset,
    Module,
    Objective,
    PublishJob,
    Question,
    Quiz,
    QuizPool,
    SearchEntry,
    SearchWord,
    Source,
    Version,
)

Tables = tuple[type[Model], ...]

OF_COURSE = (Module, Lesson, Objective, Quiz, Question)
SHARED = (
    Fact,
    GlossaryTerm,
    MediaAsset,
    PublishJob,
    QuizPool,
    QuizPool.objectives.through,
    Source,
    Lesson.terms.through,
    Lesson.sources.through,
)
LAST = "SELECT concat(max(id)) FROM {table}"
ROWS = (
    "SELECT concat(sum(hashtidextended(ctid, 0)), ' ', sum(age(xmin)) - count(*) * age('3'::xid)) "
    "FROM {table}"
)
"""Where all rows lie, and the sum of who wrote them: places are used again, later writers count higher.
Of a writer only its age can be had, which is taken beside the age of the first one there is."""


def of(course: Course) -> str:
    """Return the stamp of what `course_tree` reads of a course read with its live version (1 query)."""
    (found,) = prepared.row(_statement(), [course.pk] * len(OF_COURSE))
    return f"{course.live_version_id} {found}"


def of_content(*, also: Tables = (), without: Tables = ()) -> str:
    """Return the stamp of every row in this room and of tables `also` (1 query; 2 ms for 20,000 choices).

    `without`: tables that do not matter. What is only there for searching never does.
    """
    (found,) = prepared.row(_of_all(also, without), [])
    return str(found)


@cache
def _of_all(also: Tables, without: Tables) -> str:
    """Return the statement. Versions are never written again, so that the last one stands for them."""
    models = apps.get_app_config("courses").get_models(include_auto_created=True)
    left_out = {Version, SearchEntry, SearchWord, *without}
    parts = [_rows(model) for model in (*models, *also) if model not in left_out]
    return _stamp([LAST.format(table=Version._meta.db_table), *parts])


@cache
def _statement() -> str:
    return _stamp(
        [
            *(f"{_rows(model)} WHERE course_id = %s" for model in OF_COURSE),
            *(_rows(model) for model in SHARED),
        ]
    )


def _rows(model: type[Model]) -> str:
    return ROWS.format(table=model._meta.db_table)


def _stamp(parts: Iterable[str]) -> str:
    whole = ", ".join(f"({part})" for part in parts)
    return f"SELECT concat_ws(',', {whole})"
