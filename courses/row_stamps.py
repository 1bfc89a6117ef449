"""A stamp of all rows that a course is drawn from: where none was written since, what they made stands.

PostgreSQL keeps with each row where it lies (ctid) and which transaction wrote it (xmin); every change makes
another of both, whoever made it and by whatever statement.
"""

from functools import cache

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
    Source,
)

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
ROWS = "SELECT sum(hash_record_extended(row(id, ctid, xmin), 0)) FROM {table}"


def of(course: Course) -> str:
    """Return the stamp of what `course_tree` reads of a course read with its live version (1 query)."""
    (found,) = prepared.row(_statement(), [course.pk] * len(OF_COURSE))
    return f"{course.live_version_id} {found}"


@cache
def _statement() -> str:
    own = [f"{ROWS.format(table=model._meta.db_table)} WHERE course_id = %s" for model in OF_COURSE]
    shared = [ROWS.format(table=model._meta.db_table) for model in SHARED]
    parts = ", ".join(f"coalesce(({part}), 0)" for part in [*own, *shared])
    return f"SELECT concat_ws(' ', {parts})"
