"""What is live, found by key in one prepared read; the versions themselves are kept in the process by id.

A version never changes, so only the ids of what is live are asked for anew, and the due cards carried along.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS
from django.db.models.expressions import RawSQL

from accounts import prepared
from courses.models import Course, Version, Versioned

COURSE = "course.id, course.key, outline.id, outline.content_hash"
FROM_COURSE = (
    "courses_course AS course JOIN courses_version AS outline ON outline.id = course.live_version_id"
)
PART = "part.id, part.key, part.module_id, version.id, version.content_hash"
FROM_PART = "{table} AS part JOIN courses_version AS version ON version.id = part.live_version_id"
Part = TypeVar("Part", bound=Versioned)


def courses() -> list[Course]:
    """Return the courses that learners see, in order. Draft fields are read when somebody asks for them."""
    statement = (
        f"SELECT {COURSE} FROM {FROM_COURSE} WHERE course.archived_at IS NULL "  # noqa: S608 - all of it is above
        'ORDER BY course."order", course.id'
    )
    found = prepared.rows(statement, [])
    shown = versions([(row[2], row[3]) for row in found])
    return [course_of(row, shown) for row in found]


def course(key: str, **carried: RawSQL) -> Course:
    """Return a live course with what its page carries along as attributes. Raises Course.DoesNotExist."""
    more, numbers = with_carried(carried)
    statement = (
        f"SELECT {COURSE}{more} FROM {FROM_COURSE} "  # noqa: S608 - all of it is above
        "WHERE course.key = %s AND course.archived_at IS NULL"
    )
    found = prepared.rows(statement, [*numbers, key])
    if not found:
        raise Course.DoesNotExist(f"The course {key} is not live.")
    made = course_of(found[0][:4], versions([found[0][2:4]]))
    vars(made).update(zip(carried, found[0][4:], strict=True))
    return made


def part(model: type[Part], course_key: str, key: str, **carried: RawSQL) -> Part:
    """Return a live lesson or quiz of a live course, with both versions. Raises the model's DoesNotExist."""
    more, numbers = with_carried(carried)
    own = FROM_PART.format(table=model._meta.db_table)
    statement = (
        f"SELECT {PART}, {COURSE}{more} FROM {own} "  # noqa: S608 - all of it is above
        f"JOIN {FROM_COURSE} ON course.id = part.course_id WHERE part.key = %s AND course.key = %s"
    )
    found = prepared.rows(statement, [*numbers, key, course_key])
    if not found:
        raise model.DoesNotExist(f"{key} of {course_key} is not live.")
    row = found[0]
    names = ["id", "key", "live_version_id", "course_id", "module_id"]  # in the order of the tables' columns
    made: Any = model.from_db(DEFAULT_DB_ALIAS, names, [*row[:2], row[3], row[5], row[2]])
    shown = versions([row[3:5], row[7:9]])
    made.course = course_of(row[5:9], shown)
    made.live_version = shown[row[3]]
    vars(made).update(zip(carried, row[9:], strict=True))
    found_part: Part = made
    return found_part


def versions(wanted: Collection[tuple[int, str]]) -> dict[int, Version]:
    """Return versions, by id and hash, without their answer keys: no query where all are kept, else one.

    They are shared by all who ask: nobody changes them.
    """
    found: dict[int, Version] = {}
    missing = {}
    for pk, content_hash in wanted:
        name = f"version:{pk}:{content_hash}"
        kept: Version | None = caches["versions"].get(name)
        if kept is None:
            missing[pk] = name
        else:
            found[pk] = kept
    if missing:
        for made in Version.objects.for_pages().select_related("course").filter(pk__in=missing):
            caches["versions"].set(missing[made.pk], made)
            found[made.pk] = made
    return found


def course_of(row: tuple[Any, ...], shown: Mapping[int, Version]) -> Course:
    """Return a course from what COURSE found, its outline among the versions shown."""
    made: Course = Course.from_db(DEFAULT_DB_ALIAS, ["id", "key", "live_version_id"], row[:3])
    made.live_version = shown.get(row[2])
    return made


def with_carried(carried: Mapping[str, RawSQL]) -> tuple[str, list[object]]:
    """The columns that a page's first read carries along, and their parameters."""
    columns = "".join(f", ({each.sql}) AS {name}" for name, each in carried.items())
    return columns, [number for each in carried.values() for number in each.params]
